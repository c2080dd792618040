using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Orders interactions by chance or by time, such that the order of the rows in a file doesn't matter.</summary>
internal static class SplitOrder
{
    /// <summary>How many users a thread takes at least.</summary>
    public const int UsersPerThread = 4096;

    /// <summary>Refuses interactions without timestamps, or with one timestamp for all.</summary>
    public static void ThrowIfNoTimestamps(InteractionLog log, SplitStrategy strategy)
    {
        foreach (RawInteraction row in log.Rows)
        {
            if (row.Time == TimeCode.None)
                throw log.Error(row, $"expected a timestamp, which the split {strategy} needs; found none.");
        }

        long first = log.Rows[0].Time;
        if (log.Rows.All(row => row.Time == first))
        {
            string found = TimeCode.Show(first, isNumber: log.Timestamps is null or TimestampFormat.Number);
            throw log.Error(FormattableString.Invariant(
                $"expected timestamps that differ, which the split {strategy} needs; found {found} on all {log.Rows.Count} interactions."));
        }
    }

    /// <summary>The rows of each user, in the order of the log.</summary>
    /// <returns>Row numbers, one user after the other, and where each user's begin (users + 1 entries).</returns>
    public static (int[] Rows, int[] Offsets) GroupByUser(InteractionLog log)
    {
        var offsets = new int[log.Users.Count + 1];
        for (int i = 0; i < log.Rows.Count; i++)
            offsets[log.Rows[i].User + 1]++;
        for (int u = 0; u < log.Users.Count; u++)
            offsets[u + 1] += offsets[u];
        int[] next = offsets[..^1];
        var rows = new int[log.Rows.Count];
        for (int i = 0; i < rows.Length; i++)
            rows[next[log.Rows[i].User]++] = i;
        return (rows, offsets);
    }

    /// <summary>The rows of each user, in random order or from the earliest to the latest.</summary>
    /// <returns>Row numbers, one user after the other, and where each user's begin (users + 1 entries).</returns>
    public static (int[] Rows, int[] Offsets) ByUser(InteractionLog log, ulong seed, bool byTime)
    {
        var (rows, offsets) = GroupByUser(log);
        var keys = new Keys(log, seed, byTime);
        Parallelism.ForRanges(log.Users.Count, UsersPerThread, (from, to) =>
        {
            RowKey[] buffer = [];
            for (int u = from; u < to; u++)
                keys.Sort(rows.AsSpan(offsets[u]..offsets[u + 1]), ref buffer);
        });
        return (rows, offsets);
    }

    /// <summary>All rows from the earliest to the latest.</summary>
    public static int[] ByTime(InteractionLog log, ulong seed)
    {
        int[] rows = [.. Enumerable.Range(0, log.Rows.Count)];
        RowKey[] buffer = [];
        new Keys(log, seed, byTime: true).Sort(rows, ref buffer);
        return rows;
    }

    /// <summary>Orders rows by the time, or not, and for ties by a random number that belongs to the pair of raw ids.</summary>
    private sealed class Keys(InteractionLog log, ulong seed, bool byTime)
    {
        private readonly ulong[] _users = Hashes(log.Users);
        private readonly ulong[] _items = Hashes(log.Items);

        /// <param name="rows">The rows.</param>
        /// <param name="buffer">Room for their keys, made larger if need be.</param>
        public void Sort(Span<int> rows, ref RowKey[] buffer)
        {
            if (buffer.Length < rows.Length)
                buffer = new RowKey[rows.Length];
            Span<RowKey> keys = buffer.AsSpan(0, rows.Length);
            for (int i = 0; i < rows.Length; i++)
            {
                ref RawInteraction row = ref log.Rows[rows[i]];
                ulong draw = new SeededRandom(seed, _users[row.User], _items[row.Item]).NextUInt64();
                keys[i] = new RowKey(byTime ? row.Time : 0, draw, rows[i]);
            }

            keys.Sort();
            for (int i = 1; i < keys.Length; i++)
            {
                if (keys[i].CompareTo(keys[i - 1]) == 0)
                {
                    keys.Sort(CompareIds);
                    break;
                }
            }

            for (int i = 0; i < rows.Length; i++)
                rows[i] = keys[i].Row;
        }

        private static ulong[] Hashes(IdCollector ids) => [.. Enumerable.Range(0, ids.Count).Select(i => RawId.Hash(ids[i]))];

        // Two raw ids may have one hash.
        private int CompareIds(RowKey a, RowKey b)
        {
            int order = a.CompareTo(b);
            if (order != 0 || a.Row == b.Row)
                return order;
            RawInteraction first = log.Rows[a.Row], second = log.Rows[b.Row];
            int users = string.CompareOrdinal(log.Users[first.User], log.Users[second.User]);
            return users != 0 ? users : string.CompareOrdinal(log.Items[first.Item], log.Items[second.Item]);
        }
    }

    private readonly record struct RowKey(long Time, ulong Draw, int Row) : IComparable<RowKey>
    {
        public int CompareTo(RowKey other)
        {
            int order = Time.CompareTo(other.Time);
            return order != 0 ? order : Draw.CompareTo(other.Draw);
        }
    }
}
