namespace DRepMRec.Training;

/// <summary>A checkpoint is damaged, isn't one, or is of a newer version of the library. The message names the file.</summary>
public sealed class CheckpointFormatException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message: the file, the expectation and the finding.</param>
    /// <param name="innerException">The cause, if another exception brought this one about.</param>
    public CheckpointFormatException(string message, Exception? innerException = null)
        : base(Internals.Shown.Whole(message), innerException)
    {
    }

    /// <summary>Whether the file is sound but newer than this library.</summary>
    internal bool IsNewer { get; init; }
}
