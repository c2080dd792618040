namespace DRepMRec.Internals;

/// <summary>
/// A file breaks the safetensors format. The message names the file, what was expected and what was seen; whoever reads the file passes it
/// on as an exception of its own.
/// </summary>
internal sealed class SafetensorsException(string message, Exception? innerException = null) : FormatException(message, innerException);
