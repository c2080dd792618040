using System.Buffers;
using System.Text;

namespace DRepMRec.Serving;

/// <summary>Raw ids as UTF-8 text, one after the other, with a hash table from id to index: nothing is read before it's asked for, so that a million ids take no time to load.</summary>
/// <remarks>The hash is 64-bit FNV-1a with a final mix; the table has a power of two of slots, each 1 + index or 0, and collisions go to the next slot.</remarks>
internal sealed class IdTable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public IdTable(Block<byte> text, Block<long> offsets, Block<int> slots) => (Text, Offsets, Slots) = (text, offsets, slots);

    public Block<byte> Text { get; }

    public Block<long> Offsets { get; }

    public Block<int> Slots { get; }

    public int Count => (int)(Offsets.Length - 1);

    public string this[int index]
    {
        get
        {
            ReadOnlySpan<byte> id = Bytes(index);
            return System.Text.Unicode.Utf8.IsValid(id) ? Encoding.UTF8.GetString(id) : throw new ModelFileException($"The model is damaged: id number {index} isn't UTF-8 text.");
        }
    }

    /// <exception cref="ArgumentException">An id is null, isn't Unicode text or occurs twice.</exception>
    public static IdTable Of(IEnumerable<string> ids)
    {
        using var text = new MemoryStream();
        var offsets = new List<long> { 0 };
        foreach (string id in ids)
        {
            text.Write(Utf8.GetBytes(id));
            offsets.Add(text.Length);
        }

        return Of(Block<byte>.Copy(text.GetBuffer().AsSpan(0, (int)text.Length)), Block<long>.Copy(offsets.ToArray()));
    }

    /// <summary>Builds the hash table of ids that have none yet.</summary>
    public static IdTable Of(Block<byte> text, Block<long> offsets)
    {
        int count = (int)(offsets.Length - 1);
        var slots = new int[SlotCount(count)];
        var unhashed = new IdTable(text, offsets, Block<int>.Empty);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> id = unhashed.Bytes(index);
            int slot = (int)Hash(id) & (slots.Length - 1);
            for (; slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
            {
                if (unhashed.Bytes(slots[slot] - 1).SequenceEqual(id))
                    throw new ArgumentException($"Each id must occur once; '{unhashed[index]}' is number {slots[slot] - 1} and number {index}.");
            }

            slots[slot] = index + 1;
        }

        return new IdTable(text, offsets, Block<int>.Copy(slots));
    }

    /// <summary>The number of slots for some ids: a power of two, at most half full.</summary>
    public static int SlotCount(int ids) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, Math.Min(ids, 1 << 29) * 2L));

    public bool TryGetIndex(string id, out int index)
    {
        int most = Encoding.UTF8.GetMaxByteCount(id.Length);
        byte[]? rented = most > 512 ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> bytes = rented ?? stackalloc byte[512];
        OperationStatus status = System.Text.Unicode.Utf8.FromUtf16(id, bytes, out _, out int written, replaceInvalidSequences: false);
        index = status == OperationStatus.Done ? Find(bytes[..written]) : -1;
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return index >= 0;
    }

    /// <summary>Checks every id and every slot.</summary>
    /// <exception cref="FormatException">An id isn't text or can't be found.</exception>
    public void Verify(string kind)
    {
        for (int index = 0; index < Count; index++)
        {
            ReadOnlySpan<byte> id = Bytes(index);
            if (!System.Text.Unicode.Utf8.IsValid(id))
                throw new FormatException($"the {kind} id number {index} isn't UTF-8 text");
            if (Find(id) != index)
                throw new FormatException($"the {kind} id number {index}, '{this[index]}', isn't found by its table, or occurs twice");
        }
    }

    public ReadOnlySpan<byte> Bytes(int index)
    {
        long start = Offsets[index];
        return Text.Slice(start, Offsets[index + 1L] - start);
    }

    private int Find(ReadOnlySpan<byte> id)
    {
        long mask = Slots.Length - 1;
        long slot = (long)Hash(id) & mask;
        for (long probe = 0; probe <= mask; probe++, slot = (slot + 1) & mask)
        {
            int entry = Slots[slot];
            if (entry == 0)
                return -1;
            if (Bytes(entry - 1).SequenceEqual(id))
                return entry - 1;
        }

        return -1;
    }

    private static ulong Hash(ReadOnlySpan<byte> id)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in id)
            hash = (hash ^ b) * 1099511628211;
        hash = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15;
        return hash ^ (hash >> 29);
    }
}
