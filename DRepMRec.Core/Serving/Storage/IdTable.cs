using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Raw ids as UTF-8 text, one after the other, with a hash table from id to index: loading reads none of them.</summary>
/// <remarks>64-bit FNV-1a with a final mix; a power of two of slots, each 1 + index or 0; collisions go to the next slot.</remarks>
internal sealed class IdTable
{
    /// <summary>The most ids that a table of at most 2^30 slots is half full with.</summary>
    public const int MaxIds = 1 << 29;

    /// <summary>
    /// How far from its place an id may be. In a table half full by a hash that spreads evenly, runs of n used slots have a probability
    /// that falls with e^(-0.19 n): nobody will ever see one of a thousand.
    /// </summary>
    public const int MaxProbe = 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Ids that came later, behind those of the table.
    private readonly string[] _later = [];
    private readonly ImmutableDictionary<string, int> _indexOfLater = ImmutableDictionary<string, int>.Empty;

    public IdTable(Block<byte> text, Block<long> offsets, Block<int> slots) => (Text, Offsets, Slots) = (text, offsets, slots);

    private IdTable(IdTable table, string[] later, ImmutableDictionary<string, int> indexOfLater)
        : this(table.Text, table.Offsets, table.Slots) => (_later, _indexOfLater) = (later, indexOfLater);

    public Block<byte> Text { get; }

    public Block<long> Offsets { get; }

    public Block<int> Slots { get; }

    public int Count => FileCount + _later.Length;

    private int FileCount => (int)(Offsets.Length - 1);

    private bool IsLater(int index) => index >= FileCount && index < Count;

    public string this[int index]
    {
        get
        {
            if (IsLater(index))
                return _later[index - FileCount];
            ReadOnlySpan<byte> id = Bytes(index);
            return System.Text.Unicode.Utf8.IsValid(id) ? Encoding.UTF8.GetString(id)
                : throw new ModelFileException($"The model is damaged: id number {index} isn't UTF-8 text.");
        }
    }

    /// <exception cref="ArgumentException">An id is null, isn't Unicode text or occurs twice.</exception>
    public static IdTable Of(IEnumerable<string> ids)
    {
        using var text = new MemoryStream();
        var offsets = new List<long> { 0 };
        foreach (string id in ids)
        {
            try
            {
                text.Write(Utf8.GetBytes(id));
            }
            catch (EncoderFallbackException e)
            {
                throw new ArgumentException($"Expected ids of Unicode text; number {offsets.Count - 1}, {Shown.Text(id)}, has half of a "
                    + "surrogate pair.", e);
            }

            offsets.Add(text.Length);
        }

        return Of(Block<byte>.Copy(text.GetBuffer().AsSpan(0, (int)text.Length)), Block<long>.Copy(offsets.ToArray()));
    }

    /// <summary>Builds the hash table of ids that have none yet.</summary>
    /// <exception cref="ArgumentException">An id occurs twice, there are too many ids, or ids are made to collide.</exception>
    public static IdTable Of(Block<byte> text, Block<long> offsets)
    {
        int count = (int)(offsets.Length - 1);
        if (count > MaxIds)
            throw new ArgumentException($"Expected at most {MaxIds} ids, got {count}.");
        var slots = new int[SlotCount(count)];
        var unhashed = new IdTable(text, offsets, Block<int>.Empty);
        long probes = 0, max = MaxProbes(count);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> id = unhashed.Bytes(index);
            int slot = (int)Hash(id) & (slots.Length - 1), first = slot;
            for (; slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
            {
                if (unhashed.Bytes(slots[slot] - 1).SequenceEqual(id))
                    throw new ArgumentException($"Each id must occur once; {Shown.Text(unhashed[index])} is number {slots[slot] - 1} and "
                        + $"number {index}.");
                if (((slot - first) & (slots.Length - 1)) >= MaxProbe || ++probes > max)
                    throw new ArgumentException($"The ids collide in their table: number {index}, {Shown.Text(unhashed[index])}, finds no "
                        + "place near its own.");
            }

            slots[slot] = index + 1;
        }

        return new IdTable(text, offsets, Block<int>.Copy(slots));
    }

    /// <summary>The number of slots for a number of ids: a power of two, at most half full.</summary>
    public static int SlotCount(int ids)
        => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, Math.Min(ids, MaxIds) * 2L));

    /// <summary>The most slots that are looked at to verify a table: ten times those of ids that aren't chosen to collide.</summary>
    public static long MaxProbes(int ids) => 4096 + (16L * ids);

    public bool TryGetIndex(string id, out int index)
    {
        int max = Encoding.UTF8.GetMaxByteCount(id.Length);
        byte[]? rented = max > 512 ? ArrayPool<byte>.Shared.Rent(max) : null;
        Span<byte> bytes = rented ?? stackalloc byte[512];
        OperationStatus status = System.Text.Unicode.Utf8.FromUtf16(id, bytes, out _, out int written, replaceInvalidSequences: false);
        long probes = 0;
        index = status == OperationStatus.Done ? Find(bytes[..written], ref probes) : -1;
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        if (index < 0 && _indexOfLater.TryGetValue(id, out int later))
            index = later;
        return index >= 0;
    }

    /// <summary>The same ids with others behind them, without hashing those that are there again.</summary>
    /// <param name="ids">Ids that aren't in the table, each once.</param>
    public IdTable With(IReadOnlyCollection<string> ids)
    {
        if (ids.Count == 0)
            return this;
        ImmutableDictionary<string, int>.Builder index = _indexOfLater.ToBuilder();
        int next = Count;
        foreach (string id in ids)
            index.Add(id, next++);
        return new IdTable(this, [.. _later, .. ids], index.ToImmutable());
    }

    /// <summary>The same ids in one table, as a file has them.</summary>
    public IdTable Flatten() => _later.Length == 0 ? this : Of(Enumerable.Range(0, Count).Select(index => this[index]));

    /// <summary>Checks every id and every slot, in time in proportion to their number.</summary>
    /// <returns>How many slots were looked at.</returns>
    /// <exception cref="FormatException">An id isn't text or can't be found, or the table isn't one that was built.</exception>
    public long Verify(string kind)
    {
        ThrowIfWronglyFilled(kind);
        long probes = 0, max = MaxProbes(Count);
        for (int index = 0; index < Count; index++)
        {
            ReadOnlySpan<byte> id = Bytes(index);
            if (!System.Text.Unicode.Utf8.IsValid(id))
                throw new FormatException($"the {kind} id number {index} isn't UTF-8 text");
            if (Find(id, ref probes) != index)
                throw new FormatException($"the {kind} id number {index}, {Shown.Text(this[index])}, isn't found by its table, or occurs "
                    + "twice");
            if (probes > max)
                throw new FormatException($"the ids of {kind}s collide in their table: more than {max} slots were looked at to find "
                    + $"{index + 1} of {Count} ids");
        }

        return probes;
    }

    private void ThrowIfWronglyFilled(string kind)
    {
        if (Slots.Length != SlotCount(Count))
            throw new FormatException($"expected {SlotCount(Count)} slots in the table of {Count} {kind} ids, there are {Slots.Length}");
        long used = 0;
        for (long slot = 0; slot < Slots.Length; slot++)
        {
            if ((uint)Slots[slot] > (uint)Count)
                throw new FormatException($"the table of {kind} ids refers to id number {Slots[slot] - 1} of {Count}");
            used += Slots[slot] == 0 ? 0 : 1;
        }

        if (used != Count)
            throw new FormatException($"expected {Count} slots of the table of {kind} ids to be used, as many as there are ids; {used} of "
                + $"{Slots.Length} are");
    }

    public ReadOnlySpan<byte> Bytes(int index)
    {
        if (IsLater(index))
            return Utf8.GetBytes(_later[index - FileCount]);
        long start = Offsets[index];
        return Text.Slice(start, Offsets[index + 1L] - start);
    }

    /// <summary>Looks for an id, in a bounded number of slots: in a table that was built none is further from its place.</summary>
    private int Find(ReadOnlySpan<byte> id, ref long probes)
    {
        long mask = Slots.Length - 1;
        long slot = (long)Hash(id) & mask;
        for (long probe = 0; probe <= Math.Min(mask, MaxProbe); probe++, slot = (slot + 1) & mask)
        {
            probes++;
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
