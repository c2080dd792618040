using System.Numerics;

namespace DRepMRec.Internals;

/// <summary>A set of small numbers as bits, with counts of members before each word: sorting and finding take one pass.</summary>
internal readonly struct IndexSet
{
    private readonly ulong[] _bits;
    private readonly int[] _before;

    public IndexSet(ReadOnlySpan<int> first, ReadOnlySpan<int> second = default)
    {
        int largest = 0;
        foreach (int value in first)
            largest = Math.Max(largest, value);
        foreach (int value in second)
            largest = Math.Max(largest, value);
        _bits = new ulong[(largest / 64) + 1];
        _before = new int[_bits.Length + 1];
        foreach (int value in first)
            _bits[value / 64] |= 1UL << value;
        foreach (int value in second)
            _bits[value / 64] |= 1UL << value;
        for (int word = 0; word < _bits.Length; word++)
            _before[word + 1] = _before[word] + BitOperations.PopCount(_bits[word]);
    }

    public int[] ToArray()
    {
        var values = new int[_before[^1]];
        int next = 0;
        for (int word = 0; word < _bits.Length; word++)
        {
            for (ulong bits = _bits[word]; bits != 0; bits &= bits - 1)
                values[next++] = (word * 64) + BitOperations.TrailingZeroCount(bits);
        }

        return values;
    }

    public int[] Places(ReadOnlySpan<int> values)
    {
        var places = new int[values.Length];
        for (int n = 0; n < places.Length; n++)
            places[n] = Place(values[n]);
        return places;
    }

    /// <summary>How many members are smaller.</summary>
    public int Place(int value) => _before[value / 64] + BitOperations.PopCount(_bits[value / 64] & ((1UL << value) - 1));
}
