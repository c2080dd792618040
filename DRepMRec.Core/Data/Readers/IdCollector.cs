using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace DRepMRec.Data;

/// <summary>
/// Gathers the distinct raw ids of users or items while a dataset is read, numbered by first appearance. Most of the time goes by waiting
/// for memory, so short ids stand in the table itself, and <see cref="Expect"/> fetches ahead what a look-up will need.
/// </summary>
internal sealed class IdCollector
{
    private const int FirstSlots = 16;

    private readonly List<string> _ids = [];
    private readonly List<bool> _isDeclared = [];
    private Slot[] _slots = new Slot[FirstSlots];

    /// <summary>How many of the first ids stay where they are; the others are put into an order of their own.</summary>
    public int Fixed { get; set; }

    public int Count => _ids.Count;

    public string this[int number] => _ids[number];

    /// <summary>The hash of an id, which nobody can choose ids by: another one in each process.</summary>
    public static int Hash(ReadOnlySpan<char> id) => string.GetHashCode(id);

    /// <summary>Begins to fetch what a look-up of this hash needs.</summary>
    public void Expect(int hash) => _ = Volatile.Read(ref _slots[hash & (_slots.Length - 1)].Number);

    /// <summary>Looks an id up.</summary>
    /// <param name="id">The id.</param>
    /// <param name="number">Its number, or -1.</param>
    public bool TryGet(ReadOnlySpan<char> id, out int number) => TryGet(id, Hash(id), out number);

    /// <summary>Looks an id up by its <see cref="Hash"/>.</summary>
    public bool TryGet(ReadOnlySpan<char> id, int hash, out int number)
    {
        number = _slots[Find(id, hash, ShortId.Of(id))].Number - 1;
        return number >= 0;
    }

    /// <summary>The number of an id that is there whether or not a row has it, a new one if it wasn't seen before.</summary>
    public int Declare(string id)
    {
        int number = Add(id, Hash(id));
        _isDeclared[number] = true;
        return number;
    }

    /// <summary>The number of a row's id by its <see cref="Hash"/>, a new one if it wasn't seen before.</summary>
    public int Add(ReadOnlySpan<char> id, int hash)
    {
        ShortId text = ShortId.Of(id);
        ref Slot slot = ref _slots[Find(id, hash, text)];
        if (slot.Number > 0)
            return slot.Number - 1;
        _ids.Add(id.ToString());
        _isDeclared.Add(false);
        slot = new Slot(text, hash, _ids.Count);
        if (_ids.Count > _slots.Length / 2)
            Grow();
        return _ids.Count - 1;
    }

    /// <summary>Forgets ids that neither a row has any more nor anything declared; the others keep their order.</summary>
    /// <param name="isNamed">For each number, whether a row has it.</param>
    /// <returns>The new number of each, or -1.</returns>
    public int[] Forget(ReadOnlySpan<bool> isNamed)
    {
        var numbers = new int[Count];
        var (ids, isDeclared) = (_ids.ToArray(), _isDeclared.ToArray());
        _ids.Clear();
        _isDeclared.Clear();
        _slots = new Slot[FirstSlots];
        for (int number = 0; number < ids.Length; number++)
        {
            numbers[number] = isDeclared[number] ? Declare(ids[number])
                : isNamed[number] ? Add(ids[number], Hash(ids[number])) : -1;
        }

        return numbers;
    }

    /// <summary>
    /// The final map. When every id that isn't fixed is a canonical whole number (no sign, no leading zero) these ascend by value, else by
    /// their characters, so that indices, and with them all figures, don't depend on the order of the rows.
    /// </summary>
    /// <returns>The map, and the final index of each number.</returns>
    public (IdMap Map, int[] Indices) Freeze()
    {
        int[] order = [.. Enumerable.Range(0, Fixed), .. IdOrder.Of([.. _ids.Skip(Fixed)]).Select(number => Fixed + number)];
        var indices = new int[Count];
        for (int i = 0; i < Count; i++)
            indices[order[i]] = i;
        return (new IdMap(order.Select(number => _ids[number])), indices);
    }

    // The slot of the id, or the free one where it belongs.
    private int Find(ReadOnlySpan<char> id, int hash, ShortId text)
    {
        int mask = _slots.Length - 1;
        for (int at = hash & mask; ; at = (at + 1) & mask)
        {
            ref Slot slot = ref _slots[at];
            if (slot.Number == 0
                || (slot.Hash == hash && slot.Text == text && (!text.IsNone || id.SequenceEqual(_ids[slot.Number - 1]))))
                return at;
        }
    }

    private void Grow()
    {
        Slot[] before = _slots;
        _slots = new Slot[2 * before.Length];
        int mask = _slots.Length - 1;
        foreach (Slot slot in before)
        {
            if (slot.Number == 0)
                continue;
            int at = slot.Hash & mask;
            while (_slots[at].Number != 0)
                at = (at + 1) & mask;
            _slots[at] = slot;
        }
    }

    /// <summary>An entry of the table; its number counts from 1, and 0 is a free slot.</summary>
    private struct Slot(ShortId text, int hash, int number)
    {
        public readonly ShortId Text = text;
        public readonly int Hash = hash;
        public int Number = number;
    }

    /// <summary>An id of at most 15 ASCII characters, and their number; none for any other.</summary>
    private readonly record struct ShortId(ulong First, ulong Second)
    {
        private const int MaxLength = 15;

        public bool IsNone => Second == 0;

        public static ShortId Of(ReadOnlySpan<char> id)
        {
            Span<ulong> words = [0, 0];
            Span<byte> bytes = MemoryMarshal.AsBytes(words);
            if (id.Length is 0 or > MaxLength || Ascii.FromUtf16(id, bytes, out _) != OperationStatus.Done)
                return default;
            bytes[MaxLength] = (byte)id.Length;
            return new ShortId(words[0], words[1]);
        }
    }
}
