namespace DRepMRec.Data;

/// <summary>Gathers the distinct raw ids of users or items while a dataset is read, numbered by first appearance.</summary>
internal sealed class IdCollector
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<string> _ids = [];

    public IdCollector() => _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether the order of first appearance stays even when all ids are numbers.</summary>
    public bool KeepsOrder { get; set; }

    public int Count => _ids.Count;

    public string this[int number] => _ids[number];

    /// <summary>The number of an id, a new one if it wasn't seen before.</summary>
    public int Add(ReadOnlySpan<char> id)
    {
        if (_lookup.TryGetValue(id, out int number))
            return number;
        return Add(id.ToString());
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{char})"/>
    public int Add(string id)
    {
        if (_numbers.TryAdd(id, _ids.Count))
            _ids.Add(id);
        return _numbers[id];
    }

    /// <summary>
    /// The final map. When every id is a canonical whole number (no sign, no leading zero) the ids ascend, else they stand in order of first appearance.
    /// </summary>
    /// <returns>The map, and the final index of each number.</returns>
    public (IdMap Map, int[] Indices) Freeze()
    {
        var indices = new int[Count];
        var order = new int[Count];
        for (int i = 0; i < Count; i++)
            indices[i] = order[i] = i;
        var values = new long[Count];
        for (int i = 0; i < Count; i++)
        {
            if (KeepsOrder || !CanonicalId.TryParse(_ids[i], out values[i]))
                return (new IdMap(_ids), indices);
        }

        Array.Sort(values, order);
        for (int i = 0; i < Count; i++)
            indices[order[i]] = i;
        return (new IdMap(order.Select(number => _ids[number])), indices);
    }
}
