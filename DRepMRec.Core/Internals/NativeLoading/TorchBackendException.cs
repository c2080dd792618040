namespace DRepMRec;

/// <summary>TorchSharp's native side can't be loaded. The message says why, and which package to reference if one is missing.</summary>
public sealed class TorchBackendException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Why it can't be loaded.</param>
    /// <param name="innerException">The cause, if another exception brought this one about.</param>
    public TorchBackendException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
