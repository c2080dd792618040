namespace DRepMRec.Data;

/// <summary>The order of raw ids: whole numbers by value where all are, else all by their characters.</summary>
internal static class IdOrder
{
    private const int KeyLength = 8;

    /// <summary>The positions of the ids in their order.</summary>
    public static int[] Of(IReadOnlyList<string> ids)
    {
        int[] order = [.. Enumerable.Range(0, ids.Count)];
        bool areNumbers = ids.All(id => CanonicalId.IsWholeNumber(id));
        Comparison<string> compare = areNumbers ? CanonicalId.Compare : string.CompareOrdinal;
        int same = areNumbers ? 0 : CommonPrefix(ids);
        var keys = new ulong[ids.Count];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = areNumbers ? NumberKey(ids[i]) : TextKey(ids[i].AsSpan(same));

        // Keys ascend with the ids; where they're equal, the ids decide.
        Array.Sort(keys, order);
        for (int start = 0, end; start < keys.Length; start = end)
        {
            for (end = start + 1; end < keys.Length && keys[end] == keys[start]; end++)
            {
            }

            if (end - start > 1)
                order.AsSpan(start, end - start).Sort((a, b) => compare(ids[a], ids[b]));
        }

        return order;
    }

    private static int CommonPrefix(IReadOnlyList<string> ids)
    {
        int length = ids.Count == 0 ? 0 : ids[0].Length;
        foreach (string id in ids)
        {
            length = Math.Min(length, id.AsSpan().CommonPrefixLength(ids[0].AsSpan(0, length)));
            if (length == 0)
                break;
        }

        return length;
    }

    private static ulong NumberKey(string id) => CanonicalId.TryParse(id, out long value) ? (ulong)value : long.MaxValue;

    // A byte for each character, up to one that a byte can't hold.
    private static ulong TextKey(ReadOnlySpan<char> id)
    {
        ulong key = 0;
        bool ends = false;
        for (int i = 0; i < KeyLength; i++)
        {
            char c = ends || i >= id.Length ? '\0' : id[i];
            ends |= c >= byte.MaxValue;
            key = (key << 8) | Math.Min(c, byte.MaxValue);
        }

        return key;
    }
}
