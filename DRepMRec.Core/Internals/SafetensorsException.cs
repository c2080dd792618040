namespace DRepMRec.Internals;

/// <summary>A file breaks the safetensors format. Readers of files pass it on, with its message, as exceptions of their own.</summary>
internal sealed class SafetensorsException(string message, Exception? innerException = null) : FormatException(message, innerException);
