namespace DRepMRec.Internals.NativeLoading;

/// <summary>A segment: the part of the file that an entry of the program header table maps into memory.</summary>
internal readonly record struct ElfSegment(uint Type, uint Flags, ulong Offset, ulong Address, ulong FileSize)
{
    public const uint Load = 1;
    public const uint Dynamic = 2;
    public const uint Executable = 1;

    public bool Maps(ulong address, ulong size)
        => address >= Address && address - Address <= FileSize && size <= FileSize - (address - Address);
}
