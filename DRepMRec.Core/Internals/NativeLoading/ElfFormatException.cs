namespace DRepMRec.Internals.NativeLoading;

/// <summary>A file isn't the ELF shared object that was expected. The message says what was expected and what was seen.</summary>
internal sealed class ElfFormatException(string message) : FormatException(Shown.Whole(message));
