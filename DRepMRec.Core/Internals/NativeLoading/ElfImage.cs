namespace DRepMRec.Internals.NativeLoading;

/// <summary>The headers of a 64-bit little-endian x86-64 shared object: its segments and its dynamic section.</summary>
/// <remarks>Whatever the file holds, the only exception is <see cref="ElfFormatException"/>.</remarks>
internal readonly ref struct ElfImage
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int DynamicEntrySize = 16;
    private const int MaxSegments = 64;
    private const ushort SharedObject = 3;
    private const ushort X86x64 = 62;

    private readonly Dictionary<ulong, ulong> _dynamic = [];

    public ElfImage(ReadOnlySpan<byte> file)
    {
        Bytes = new ElfBytes(file);
        ThrowIfOtherFormat(Bytes);
        Segments = ReadSegments(Bytes);
        ReadDynamic();
    }

    public ElfBytes Bytes { get; }

    public IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>The value of a tag of the dynamic section.</summary>
    public ulong Dynamic(ElfTag tag) => _dynamic.TryGetValue((ulong)tag, out ulong value)
        ? value
        : throw new ElfFormatException($"The dynamic section should have the tag {tag}, but doesn't.");

    /// <summary>Where in the file the bytes of a memory range are.</summary>
    public ulong OffsetOf(ulong address, ulong size, string what)
    {
        ElfSegment segment = LoadedAt(address, size, what);
        return segment.Offset + (address - segment.Address);
    }

    /// <summary>The number of bytes that the file holds from an address to the end of its segment.</summary>
    public ulong AvailableAt(ulong address, string what)
    {
        ElfSegment segment = LoadedAt(address, 0, what);
        return segment.FileSize - (address - segment.Address);
    }

    private ElfSegment LoadedAt(ulong address, ulong size, string what)
    {
        foreach (ElfSegment segment in Segments)
        {
            if (segment.Type == ElfSegment.Load && segment.Maps(address, size))
                return segment;
        }
        throw new ElfFormatException($"{what} should be {size} bytes at address 0x{address:x}, which no loaded segment holds.");
    }

    private static void ThrowIfOtherFormat(ElfBytes bytes)
    {
        ReadOnlySpan<byte> header = bytes.Slice(0, HeaderSize, "The ELF header");
        if (!header.StartsWith("\u007fELF"u8))
            throw new ElfFormatException($"The file should begin with 7F454C46, but begins with {Convert.ToHexString(header[..4])}.");
        ThrowIfNotEqual(2, header[4], "The ELF class (2 is 64-bit)");
        ThrowIfNotEqual(1, header[5], "The ELF data encoding (1 is little-endian)");
        ThrowIfNotEqual(SharedObject, bytes.UInt16(16, "The ELF type"), "The ELF type (3 is a shared object)");
        ThrowIfNotEqual(X86x64, bytes.UInt16(18, "The ELF machine"), "The ELF machine (62 is x86-64)");
        ThrowIfNotEqual(ProgramHeaderSize, bytes.UInt16(54, "The program header size"), "The size of a program header");

        // The sections aren't read, but their table ends the file, so a cut file is noticed.
        ulong sections = bytes.UInt64(40, "The offset of the section headers");
        ulong size = (ulong)bytes.UInt16(58, "The section header size") * bytes.UInt16(60, "The number of section headers");
        _ = bytes.Slice(sections, size, "The section header table");
    }

    private static ElfSegment[] ReadSegments(ElfBytes bytes)
    {
        ulong table = bytes.UInt64(32, "The offset of the program headers");
        int count = bytes.UInt16(56, "The number of program headers");
        if (count is 0 or > MaxSegments)
            throw new ElfFormatException($"The file should have 1 to {MaxSegments} program headers, but has {count}.");
        _ = bytes.Slice(table, (ulong)count * ProgramHeaderSize, "The program header table");

        var segments = new ElfSegment[count];
        ulong loadedUpTo = 0;
        for (int i = 0; i < count; i++)
        {
            ulong at = table + (ulong)i * ProgramHeaderSize;
            string what = $"Program header {i}";
            var segment = new ElfSegment(
                bytes.UInt32(at, what), bytes.UInt32(at + 4, what), bytes.UInt64(at + 8, what), bytes.UInt64(at + 16, what),
                bytes.UInt64(at + 32, what));
            segments[i] = segment;
            if (segment.Type != ElfSegment.Load)
                continue;
            _ = bytes.Slice(segment.Offset, segment.FileSize, $"Segment {i}");
            if (segment.Address < loadedUpTo || segment.Address > ulong.MaxValue - segment.FileSize)
            {
                throw new ElfFormatException(
                    $"Segment {i} should be loaded at address 0x{loadedUpTo:x} or after it, "
                    + $"but has {segment.FileSize} bytes at 0x{segment.Address:x}.");
            }

            loadedUpTo = segment.Address + segment.FileSize;
        }
        return segments;
    }

    private void ReadDynamic()
    {
        ElfSegment[] found = [.. Segments.Where(segment => segment.Type == ElfSegment.Dynamic)];
        ThrowIfNotEqual(1, found.Length, "The number of dynamic segments");
        ulong at = OffsetOf(found[0].Address, found[0].FileSize, "The dynamic section");
        for (ulong end = at + found[0].FileSize; end - at >= DynamicEntrySize; at += DynamicEntrySize)
        {
            ulong tag = Bytes.UInt64(at, "A tag of the dynamic section");
            if (tag == 0)
                return;
            ulong value = Bytes.UInt64(at + 8, "A value of the dynamic section");
            if (Enum.IsDefined((ElfTag)tag) && !_dynamic.TryAdd(tag, value))
                throw new ElfFormatException($"The dynamic section should have the tag {(ElfTag)tag} once, but has it twice.");
        }
        throw new ElfFormatException("The dynamic section should end with an empty tag, but doesn't.");
    }

    private static void ThrowIfNotEqual(int expected, int seen, string what)
    {
        if (seen != expected)
            throw new ElfFormatException($"{what} should be {expected}, but is {seen}.");
    }
}
