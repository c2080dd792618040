namespace DRepMRec.Serving;

/// <summary>A model file isn't what its format promises. The message names the file, what was expected and what was seen.</summary>
public sealed class ModelFileException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message: the file, the expectation and the finding.</param>
    /// <param name="innerException">The cause, if another exception brought this one about.</param>
    public ModelFileException(string message, Exception? innerException = null)
        : base(Internals.Shown.Whole(message), innerException)
    {
    }
}
