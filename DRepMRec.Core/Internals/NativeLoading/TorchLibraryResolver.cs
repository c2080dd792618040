using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Runtime.Versioning;

namespace DRepMRec.Internals.NativeLoading;

/// <summary>Finds TorchSharp's native library where .NET's own search fails, and only there. Hooking it up loads nothing.</summary>
internal static class TorchLibraryResolver
{
    private const string Library = "LibTorchSharp";
    private const string LibraryFile = "libLibTorchSharp.so";

    private static readonly Lock Gate = new();
    private static readonly HashSet<AssemblyLoadContext> Hooked = [];
    private static nint _handle;

    /// <summary>Why the last attempt failed, or <see langword="null"/>.</summary>
    public static string? Failure { get; private set; }

    /// <summary>Hooks the load contexts from which TorchSharp can be used.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "TorchSharp can be touched before any member of this library that could do it.")]
    internal static void Hook()
    {
        if (ServingOnly.IsSet)
        {
            ServingOnly.Explain(AssemblyLoadContext.Default);
            return;
        }

        Assembly self = typeof(TorchLibraryResolver).Assembly;
        Hook(self);
        if (!self.IsCollectible) // The default context would keep a collectible one alive.
            Hook(AssemblyLoadContext.Default);
    }

    /// <summary>Hooks the load context of an assembly.</summary>
    public static void Hook(Assembly assembly)
    {
        if (AssemblyLoadContext.GetLoadContext(assembly) is { } context)
            Hook(context);
    }

    private static void Hook(AssemblyLoadContext context)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return;
        lock (Gate)
        {
            if (Hooked.Add(context))
                context.ResolvingUnmanagedDll += Resolve;
        }
    }

    [SupportedOSPlatform("linux")]
    private static nint Resolve(Assembly assembly, string name)
    {
        if (name != Library)
            return 0;
        lock (Gate)
        {
            if (_handle == 0)
                _handle = TryLoad(assembly);
            return _handle;
        }
    }

    [SupportedOSPlatform("linux")]
    private static nint TryLoad(Assembly assembly)
    {
        try
        {
            Failure = null;
            return Load(NativeSearchPath.Directories(assembly));
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or DllNotFoundException or BadImageFormatException)
        {
            Failure = LoaderMessage.Of(exception);
            return 0;
        }
    }

    [SupportedOSPlatform("linux")]
    private static nint Load(IReadOnlyList<string> directories)
    {
        string original = NativeSearchPath.Find(directories, LibraryFile)
            ?? throw new DllNotFoundException(
                $"{LibraryFile} of the package TorchSharp is in none of the directories {string.Join(", ", directories)}.");

        // The library finds libtorch by name once it is loaded, wherever it came from.
        if (NativeSearchPath.Find(directories, "libtorch.so") is string libtorch)
            NativeLibrary.Load(libtorch);
        try
        {
            return NativeLibrary.Load(original);
        }
        catch (DllNotFoundException exception) when (exception.Message.Contains($"{VersionRelaxer.Version}'", StringComparison.Ordinal))
        {
            return LoadRelaxed(original);
        }
    }

    [SupportedOSPlatform("linux")]
    private static nint LoadRelaxed(string original)
    {
        try
        {
            return RelaxedLibrary.Load(original);
        }
        catch (ElfFormatException exception)
        {
            throw new DllNotFoundException(
                $"{original} needs {VersionRelaxer.Version} of libstdc++, which this system lacks, and can't be made to do without it. "
                + $"{exception.Message} Use a system with the libstdc++ of GCC 13.2 or newer, such as Ubuntu 24.04, Debian 13 or RHEL 10.",
                exception);
        }
    }
}
