using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Orders interactions by chance or by time, such that the order of the rows in a file doesn't matter.</summary>
internal static class SplitOrder
{
    /// <summary>How many users a thread takes at least.</summary>
    public const int UsersPerThread = 4096;

    /// <summary>Refuses interactions with one timestamp for all.</summary>
    public static void ThrowIfOneTimestamp(InteractionLog log, SplitStrategy strategy)
    {
        long first = log.Rows[0].Time;
        if (log.Rows.All(row => row.Time == first))
        {
            string found = TimeCode.Show(first, isNumber: log.Timestamps is null or TimestampFormat.Number);
            throw log.Error(FormattableString.Invariant(
                $"expected timestamps that differ, which the split {strategy} needs; found {found} on all {log.Rows.Count} interactions."));
        }
    }

    /// <summary>The rows of each user, in the order of the log, with their items: nobody needs to look the rows up.</summary>
    /// <returns>Items and row numbers, one user after the other, and where each user's begin (users + 1 entries).</returns>
    public static (ItemRow[] Rows, int[] Offsets) GroupByUser(InteractionLog log)
    {
        var offsets = new int[log.Users.Count + 1];
        for (int i = 0; i < log.Rows.Count; i++)
            offsets[log.Rows[i].User + 1]++;
        for (int u = 0; u < log.Users.Count; u++)
            offsets[u + 1] += offsets[u];
        int[] next = offsets[..^1];
        var rows = new ItemRow[log.Rows.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            ref RawInteraction row = ref log.Rows[i];
            rows[next[row.User]++] = new ItemRow(row.Item, i);
        }

        return (rows, offsets);
    }

    /// <summary>The rows of each user, in random order or from the earliest to the latest.</summary>
    /// <returns>Row numbers, one user after the other, and where each user's begin (users + 1 entries).</returns>
    public static (int[] Rows, int[] Offsets) ByUser(InteractionLog log, ulong seed, bool byTime)
    {
        var (rows, offsets) = GroupByUser(log);
        var order = new int[rows.Length];
        var keys = new Keys(log, seed, byTime);
        Parallelism.ForRanges(log.Users.Count, UsersPerThread, (from, to) =>
        {
            RowKey[] buffer = [];
            for (int u = from; u < to; u++)
            {
                ReadOnlySpan<ItemRow> own = rows.AsSpan(offsets[u]..offsets[u + 1]);
                if (buffer.Length < own.Length)
                    buffer = new RowKey[own.Length];
                for (int i = 0; i < own.Length; i++)
                    buffer[i] = keys.Of(u, own[i].Item, own[i].Row);
                keys.Sort(buffer.AsSpan(0, own.Length), order.AsSpan(offsets[u]));
            }
        });
        return (order, offsets);
    }

    /// <summary>All rows from the earliest to the latest.</summary>
    public static int[] ByTime(InteractionLog log, ulong seed)
    {
        var keys = new Keys(log, seed, byTime: true);
        RowKey[] all = [.. log.Rows.Select((row, i) => keys.Of(row.User, row.Item, i))];
        var order = new int[all.Length];
        keys.Sort(all, order);
        return order;
    }

    /// <summary>Orders rows by the time, or not, and for ties by a random number that belongs to the pair of raw ids.</summary>
    private sealed class Keys(InteractionLog log, ulong seed, bool byTime)
    {
        private readonly ulong[] _users = Hashes(log.Users);
        private readonly ulong[] _items = Hashes(log.Items);

        public RowKey Of(int user, int item, int row) => new(
            byTime ? log.Rows[row].Time : 0, new SeededRandom(seed, _users[user], _items[item]).NextUInt64(), row);

        /// <summary>Puts keys into order, and writes down their rows.</summary>
        public void Sort(Span<RowKey> keys, Span<int> order)
        {
            keys.Sort();
            for (int i = 1; i < keys.Length; i++)
            {
                if (keys[i].CompareTo(keys[i - 1]) == 0)
                {
                    keys.Sort(CompareIds);
                    break;
                }
            }

            for (int i = 0; i < keys.Length; i++)
                order[i] = keys[i].Row;
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

    /// <summary>A row's number, and its item: ordered by items, then by rows.</summary>
    public readonly record struct ItemRow(int Item, int Row) : IComparable<ItemRow>
    {
        public int CompareTo(ItemRow other) => Item != other.Item ? Item.CompareTo(other.Item) : Row.CompareTo(other.Row);
    }
}
