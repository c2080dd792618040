using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DRepMRec.Internals;
using DRepMRec.Internals.NativeLoading;
using TorchSharp;

namespace DRepMRec;

/// <summary>Loads the native side of TorchSharp, also on Linux systems with an older libstdc++ than it was built for.</summary>
/// <remarks>Modules call <see cref="EnsureLoaded"/>; all else works without libtorch. Safe for use by many threads.</remarks>
public static class TorchBackend
{
    private const string Library = "LibTorchSharp";

    private static readonly Lock Gate = new();
    private static TorchBackendException? _failure;
    private static volatile bool _isLoaded;

    /// <summary>Lets TorchSharp find its native library on older Linux systems. Loads nothing.</summary>
    /// <remarks>
    /// Applications that get this library as a package call it when they start, through a generated module initializer; the MSBuild
    /// property <c>DRepMRecModuleInitializer=false</c> turns that off. Otherwise it runs when a type of this library is first used.
    /// </remarks>
    public static void Initialize() => TorchLibraryResolver.Hook();

    /// <summary>Loads libtorch and TorchSharp's native library. Cheap when they are loaded already.</summary>
    /// <exception cref="TorchBackendException">They can't be loaded. Later calls say the same.</exception>
    public static void EnsureLoaded()
    {
        if (_isLoaded)
            return;
        if (ServingOnly.IsSet)
            throw new TorchBackendException(ServingOnly.Message("Training", "TorchSharp"));
        lock (Gate)
        {
            if (_isLoaded)
                return;
            if (_failure is { } failure)
                throw new TorchBackendException(failure.Message, failure.InnerException);
            try
            {
                Load();
                _isLoaded = true;
            }
            catch (TorchBackendException exception)
            {
                _failure = exception;
                throw;
            }
        }
    }

    /// <summary>Loads the native side before a module's base constructor needs it.</summary>
    /// <returns><paramref name="name"/>.</returns>
    internal static string Require(string name)
    {
        EnsureLoaded();
        return name;
    }

    /// <summary>Gives libtorch one thread, process-wide, until disposed: its threads spin, and their number changes roundings.</summary>
    /// <remarks>Of several scopes at once, the last to end puts the number of threads back that was there before the first.</remarks>
    internal static IDisposable UseOneThread() => new OneThread();

    private static void Load()
    {
        string platform = NativeSearchPath.Platform;
        if (!TorchPackages.Support(platform))
            throw new TorchBackendException(TorchPackages.Unsupported(platform));

        Assembly torchSharp = typeof(torch).Assembly;
        TorchLibraryResolver.Hook(torchSharp);
        try
        {
            // TorchSharp writes to the console when it fails, so it's asked second, except where it collects its libraries from packages.
            if (!NativeSearchPath.IsInPackage(torchSharp))
                NativeLibrary.Load(Library, torchSharp, searchPath: null);
            TouchTorch();
        }
        catch (Exception exception)
            when (exception is DllNotFoundException or BadImageFormatException or NotSupportedException or TypeInitializationException)
        {
            string reason = TorchLibraryResolver.Failure ?? LoaderMessage.Of(exception);
            throw new TorchBackendException(LoaderMessage.Explain(platform, NativeSearchPath.Directories(torchSharp), reason), exception);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TouchTorch() => torch.InitializeDeviceType(DeviceType.CPU);

    private sealed class OneThread : IDisposable
    {
        private static int _open;
        private static int _before;

        public OneThread()
        {
            lock (Gate)
            {
                if (_open++ == 0)
                    _before = torch.get_num_threads();
                torch.set_num_threads(1);
            }
        }

        public void Dispose()
        {
            lock (Gate)
            {
                if (--_open == 0)
                    torch.set_num_threads(_before);
            }
        }
    }
}
