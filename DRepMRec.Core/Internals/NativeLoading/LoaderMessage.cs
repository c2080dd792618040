namespace DRepMRec.Internals.NativeLoading;

/// <summary>Says why TorchSharp's native library couldn't be loaded.</summary>
internal static class LoaderMessage
{
    /// <summary>The sentence for the user: the package to reference when libtorch is missing, otherwise the reason.</summary>
    /// <param name="platform">Where the process runs, as <see cref="NativeSearchPath.Platform"/> says it.</param>
    /// <param name="directories">Where native libraries were searched.</param>
    /// <param name="reason">The loader's message.</param>
    public static string Explain(string platform, IReadOnlyList<string> directories, string reason)
        => NativeSearchPath.Find(directories, TorchPackages.LibtorchFile(platform)) is null
            ? TorchPackages.Missing(platform)
            : $"TorchSharp's native library LibTorchSharp can't be loaded: {reason}";

    /// <summary>The system loader's own lines where there are any, in one line; otherwise the first line of the message.</summary>
    public static string Of(Exception exception)
    {
        string[] lines = exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return exception is DllNotFoundException && lines.Length > 1
            ? string.Join("; ", lines.Skip(1).Distinct())
            : lines.FirstOrDefault(exception.GetType().Name);
    }
}
