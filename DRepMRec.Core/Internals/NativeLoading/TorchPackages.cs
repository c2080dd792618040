namespace DRepMRec.Internals.NativeLoading;

/// <summary>The packages that carry libtorch.</summary>
internal static class TorchPackages
{
    public const string TorchSharpVersion = "0.107.0";
    public const string LibtorchVersion = "2.10.0";

    private static readonly string[] Platforms = ["linux-x64", "osx-arm64", "win-arm64", "win-x64"];

    /// <summary>Whether TorchSharp has a native library for a platform.</summary>
    public static bool Support(string platform) => Platforms.Contains(platform);

    /// <summary>The sentence for a platform that TorchSharp doesn't support.</summary>
    public static string Unsupported(string platform)
        => $"TorchSharp {TorchSharpVersion} runs on {string.Join(", ", Platforms[..^1])} and {Platforms[^1]}, "
        + $"but this process runs on {platform}.";

    /// <summary>The sentence for an application that references no package with libtorch.</summary>
    public static string Missing(string platform)
        => $"TorchSharp {TorchSharpVersion} needs libtorch {LibtorchVersion}, which the application doesn't have; "
        + $"add a package reference to libtorch-cpu-{platform} {LibtorchVersion}, "
        + $"or to TorchSharp-cpu {TorchSharpVersion}{Cuda(platform)}.";

    /// <summary>The file that tells whether libtorch is there.</summary>
    public static string LibtorchFile(string platform) => platform.Split('-')[0] switch
    {
        "win" => "torch_cpu.dll",
        "osx" => "libtorch_cpu.dylib",
        _ => "libtorch_cpu.so",
    };

    private static string Cuda(string platform) => platform switch
    {
        "linux-x64" => $", or to TorchSharp-cuda-linux {TorchSharpVersion} for NVIDIA devices",
        "win-x64" => $", or to TorchSharp-cuda-windows {TorchSharpVersion} for NVIDIA devices",
        _ => "",
    };
}
