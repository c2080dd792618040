using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace DRepMRec.Internals.NativeLoading;

/// <summary>The directories in which the native libraries of an application may lie.</summary>
internal static class NativeSearchPath
{
    /// <summary>The system and architecture, as packages name them: <c>linux-x64</c>, for instance.</summary>
    public static string Platform { get; } = $"{System}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    private static string System => OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";

    /// <summary>All directories that exist, the likeliest first.</summary>
    /// <param name="torchSharp">The managed side of TorchSharp.</param>
    public static IReadOnlyList<string> Directories(Assembly torchSharp)
    {
        string beside = DirectoryOf(torchSharp);
        IEnumerable<string> candidates =
        [
            .. AppContextPaths("NATIVE_DLL_SEARCH_DIRECTORIES"),
            .. Application(AppContext.BaseDirectory),
            .. Application(beside),
            .. Packages(PackagesAbove(beside)),
            .. AppContextPaths("PROBING_DIRECTORIES").SelectMany(Packages),
        ];
        return
        [
            .. candidates.Where(Path.IsPathFullyQualified).Select(Path.TrimEndingDirectorySeparator).Distinct().Where(Directory.Exists),
        ];
    }

    /// <summary>The first of the directories that holds a file, joined with the file's name.</summary>
    public static string? Find(IEnumerable<string> directories, string file)
        => directories.Select(directory => Path.Combine(directory, file)).FirstOrDefault(File.Exists);

    /// <summary>
    /// Where packages keep their native libraries below <paramref name="packages"/>, a package folder such as <c>~/.nuget/packages</c>.
    /// </summary>
    public static IEnumerable<string> Packages(string packages) => packages.Length == 0 ? [] :
    [
        Path.Combine(packages, "torchsharp", TorchPackages.TorchSharpVersion, NativeFolder),
        Path.Combine(packages, $"libtorch-cpu-{Platform}", TorchPackages.LibtorchVersion, NativeFolder),
    ];

    /// <summary>The package folder above <c>torchsharp/(version)/lib/(framework)</c>, where notebooks load from; else empty.</summary>
    public static string PackagesAbove(string directory)
    {
        string[] parts = directory.Split(Path.DirectorySeparatorChar);
        return parts is [.. var packages, "torchsharp", _, "lib", _] ? string.Join(Path.DirectorySeparatorChar, packages) : "";
    }

    /// <summary>Whether TorchSharp is used straight from its package, as notebooks do.</summary>
    public static bool IsInPackage(Assembly torchSharp) => PackagesAbove(DirectoryOf(torchSharp)).Length > 0;

    private static string NativeFolder { get; } = Path.Combine("runtimes", Platform, "native");

    private static IEnumerable<string> Application(string directory)
        => directory.Length == 0 ? [] : [directory, Path.Combine(directory, NativeFolder)];

    private static string[] AppContextPaths(string key)
        => (AppContext.GetData(key) as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    [UnconditionalSuppressMessage(
        "SingleFile", "IL3000",
        Justification = "The location of an assembly in a single file is empty, and then the application's folder is searched alone.")]
    private static string DirectoryOf(Assembly assembly) => Path.GetDirectoryName(assembly.Location) ?? "";
}
