using System.Runtime.InteropServices;

namespace DRepMRec.Data;

/// <summary>Gathers the distinct raw ids of users or items while a dataset is read, numbered by first appearance.</summary>
internal sealed class IdCollector
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<string> _ids = [];

    public IdCollector() => _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether the order of first appearance stays; else the ids are put into an order of their own.</summary>
    public bool KeepsOrder { get; set; }

    public int Count => _ids.Count;

    public string this[int number] => _ids[number];

    /// <summary>Looks an id up.</summary>
    /// <param name="id">The id.</param>
    /// <param name="number">Its number, or -1.</param>
    public bool TryGet(ReadOnlySpan<char> id, out int number)
    {
        if (_lookup.TryGetValue(id, out number))
            return true;
        number = -1;
        return false;
    }

    /// <summary>The number of an id, a new one if it wasn't seen before.</summary>
    public int Add(string id)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, id, out bool isKnown);
        if (!isKnown)
        {
            number = _ids.Count;
            _ids.Add(id);
        }

        return number;
    }

    /// <summary>
    /// The final map. When every id is a canonical whole number (no sign, no leading zero) the ids ascend by value, else by their
    /// characters, so that indices, and with them all figures, don't depend on the order of the rows.
    /// </summary>
    /// <returns>The map, and the final index of each number.</returns>
    public (IdMap Map, int[] Indices) Freeze()
    {
        string[] ids = [.. _ids];
        int[] order = [.. Enumerable.Range(0, Count)];
        if (KeepsOrder)
            return (new IdMap(ids), order);
        Array.Sort(ids, order,
            Comparer<string>.Create(ids.All(id => CanonicalId.IsWholeNumber(id)) ? CanonicalId.Compare : string.CompareOrdinal));
        var indices = new int[Count];
        for (int i = 0; i < Count; i++)
            indices[order[i]] = i;
        return (new IdMap(ids), indices);
    }
}
