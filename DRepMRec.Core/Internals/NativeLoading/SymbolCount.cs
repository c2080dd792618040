namespace DRepMRec.Internals.NativeLoading;

/// <summary>Counts the symbols by walking the hash table, because the dynamic section doesn't say their number.</summary>
internal static class SymbolCount
{
    private const int HeaderSize = 16;
    private const uint EndOfChain = 1;

    public static ulong Read(ElfImage image)
    {
        ulong table = image.Dynamic(ElfTag.GnuHash);
        ulong available = image.AvailableAt(table, "The hash table");
        ulong start = image.OffsetOf(table, HeaderSize, "The hash table");
        uint bucketCount = image.Bytes.UInt32(start, "The hash table");
        uint firstHashed = image.Bytes.UInt32(start + 4, "The hash table");
        uint filterWords = image.Bytes.UInt32(start + 8, "The hash table");

        ulong buckets = HeaderSize + (ulong)filterWords * sizeof(ulong);
        ulong chains = buckets + (ulong)bucketCount * sizeof(uint);
        if (chains > available)
        {
            throw new ElfFormatException(
                $"The hash table should fit in {available} bytes, but has {filterWords} filter words and {bucketCount} buckets.");
        }

        uint last = 0;
        for (uint i = 0; i < bucketCount; i++)
            last = Math.Max(last, image.Bytes.UInt32(start + buckets + (ulong)i * sizeof(uint), "A bucket of the hash table"));
        if (last == 0)
            return firstHashed;
        if (last < firstHashed)
            throw new ElfFormatException($"The hash table should begin with symbol {firstHashed}, but holds symbol {last}.");

        for (ulong chain = chains + (ulong)(last - firstHashed) * sizeof(uint); ; chain += sizeof(uint), last++)
        {
            if (chain > available - sizeof(uint))
                throw new ElfFormatException($"The hash table should fit in {available} bytes, but its last chain doesn't end there.");
            if ((image.Bytes.UInt32(start + chain, "A chain of the hash table") & EndOfChain) != 0)
                return (ulong)last + 1;
        }
    }
}
