namespace DRepMRec.Internals.NativeLoading;

/// <summary>What one entry of the program header table maps from the file into memory.</summary>
internal readonly record struct ElfSegment(uint Type, uint Flags, ulong Offset, ulong Address, ulong FileSize)
{
    public const uint Load = 1;
    public const uint Dynamic = 2;
    public const uint Executable = 1;

    public bool Maps(ulong address, ulong size)
        => address >= Address && address - Address <= FileSize && size <= FileSize - (address - Address);
}
