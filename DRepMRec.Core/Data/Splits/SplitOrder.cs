using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Orders interactions by chance or by time, such that the order of the rows in a file doesn't matter.</summary>
internal static class SplitOrder
{
    /// <summary>Refuses interactions without timestamps, or with one timestamp for all.</summary>
    public static void ThrowIfNoTimestamps(InteractionLog log, SplitStrategy strategy)
    {
        foreach (RawInteraction row in log.Rows)
        {
            if (double.IsNaN(row.Timestamp))
                throw log.Error(row, $"expected a timestamp, which the split {strategy} needs; found none.");
        }

        double first = log.Rows[0].Timestamp;
        if (log.Rows.All(row => row.Timestamp == first))
        {
            throw log.Error(FormattableString.Invariant(
                $"expected timestamps that differ, which the split {strategy} needs; found {first} on all {log.Rows.Count} interactions."));
        }
    }

    /// <summary>The rows of each user, in random order or from the earliest to the latest.</summary>
    /// <returns>Row numbers, one user after the other, and where each user's begin (users + 1 entries).</returns>
    public static (int[] Rows, int[] Offsets) ByUser(InteractionLog log, ulong seed, bool byTime)
    {
        var offsets = new int[log.Users.Count + 1];
        foreach (RawInteraction row in log.Rows)
            offsets[row.User + 1]++;
        for (int u = 0; u < log.Users.Count; u++)
            offsets[u + 1] += offsets[u];
        int[] next = offsets[..^1];
        var rows = new int[log.Rows.Count];
        for (int i = 0; i < rows.Length; i++)
            rows[next[log.Rows[i].User]++] = i;

        (double, ulong)[] keys = Keys(log, seed, byTime);
        for (int u = 0; u < log.Users.Count; u++)
            rows.AsSpan(offsets[u]..offsets[u + 1]).Sort((a, b) => Compare(log, keys, a, b));
        return (rows, offsets);
    }

    /// <summary>All rows from the earliest to the latest.</summary>
    public static int[] ByTime(InteractionLog log, ulong seed)
    {
        (double, ulong)[] keys = Keys(log, seed, byTime: true);
        int[] rows = [.. Enumerable.Range(0, log.Rows.Count)];
        rows.AsSpan().Sort((a, b) => Compare(log, keys, a, b));
        return rows;
    }

    // By the raw ids at last, because two of them may have one hash.
    private static int Compare(InteractionLog log, (double, ulong)[] keys, int a, int b)
    {
        int order = keys[a].CompareTo(keys[b]);
        if (order != 0 || a == b)
            return order;
        RawInteraction first = log.Rows[a], second = log.Rows[b];
        int users = string.CompareOrdinal(log.Users[first.User], log.Users[second.User]);
        return users != 0 ? users : string.CompareOrdinal(log.Items[first.Item], log.Items[second.Item]);
    }

    // The time, or 0, and for ties a random number that belongs to the pair of raw ids.
    private static (double, ulong)[] Keys(InteractionLog log, ulong seed, bool byTime)
    {
        ulong[] users = Hashes(log.Users);
        ulong[] items = Hashes(log.Items);
        var keys = new (double, ulong)[log.Rows.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            RawInteraction row = log.Rows[i];
            keys[i] = (byTime ? row.Timestamp : 0, new SeededRandom(seed, users[row.User], items[row.Item]).NextUInt64());
        }

        return keys;
    }

    private static ulong[] Hashes(IdCollector ids) => [.. Enumerable.Range(0, ids.Count).Select(i => RawId.Hash(ids[i]))];
}
