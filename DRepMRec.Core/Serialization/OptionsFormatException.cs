using DRepMRec.Internals;

namespace DRepMRec;

/// <summary>A section of a configuration, or JSON, has a key or a value that isn't understood.</summary>
public sealed class OptionsFormatException : FormatException
{
    internal OptionsFormatException(string path, string message, Exception? innerException = null)
        : base(Shown.Whole($"{(path.Length == 0 ? "The root" : Shown.Name(path))}: {message}"), innerException)
        => Path = path;

    /// <summary>Where it is, such as "DRepMRec:Training:MaxEpochs" in a configuration and "$.maxEpochs" in JSON.</summary>
    public string Path { get; }
}
