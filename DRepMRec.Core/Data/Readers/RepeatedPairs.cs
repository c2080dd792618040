using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Finds the pairs of user and item that several rows have, by sorting, and makes one row of each.</summary>
internal sealed class RepeatedPairs(InteractionLog log, DuplicateHandling handling)
{
    private readonly RawRows _rows = log.Rows;
    private long _dropped;
    private long _conflicting;
    private bool _hasSummed;

    /// <summary>The rows that were left out.</summary>
    public long Dropped => _dropped;

    /// <summary>Those of them with another label or timestamp than the row that stays.</summary>
    public long Conflicting => _conflicting;

    /// <summary>Whether weights were added up.</summary>
    public bool HasSummed => _hasSummed;

    public void Handle()
    {
        var (order, offsets) = SplitOrder.GroupByUser(log);
        var dropped = new bool[_rows.Count];
        if (log.HasLabels)
            HandleUsers(0, log.Users.Count, order, offsets, dropped); // Mistakes are described in their order.
        else
            Parallelism.ForRanges(log.Users.Count, SplitOrder.UsersPerThread, (from, to) => HandleUsers(from, to, order, offsets, dropped));
        if (_dropped == 0)
            return;
        if (handling == DuplicateHandling.Reject)
            DescribeRefused(dropped);
        _rows.RemoveWhere(i => dropped[i]);
    }

    private void HandleUsers(int from, int to, int[] order, int[] offsets, bool[] dropped)
    {
        long[] keys = [];
        for (int user = from; user < to; user++)
        {
            int count = offsets[user + 1] - offsets[user];
            if (keys.Length < count)
                keys = new long[count];
            Span<long> row = keys.AsSpan(0, count);
            for (int i = 0; i < row.Length; i++)
                row[i] = ((long)_rows[order[offsets[user] + i]].Item << 32) | (uint)order[offsets[user] + i];
            row.Sort(); // By item, then by the rows' order.
            for (int start = 0, end; start < row.Length; start = end)
            {
                for (end = start + 1; end < row.Length && row[end] >> 32 == row[start] >> 32; end++)
                {
                }

                if (end - start > 1)
                    Merge(row[start..end], dropped);
            }
        }
    }

    private void Merge(ReadOnlySpan<long> pair, bool[] dropped)
    {
        int kept = (int)pair[handling == DuplicateHandling.KeepLast ? ^1 : 0];
        ref RawInteraction first = ref _rows[kept];
        double weight = 0;
        foreach (long key in pair)
        {
            int i = (int)key;
            ref RawInteraction row = ref _rows[i];
            if (i == kept)
            {
                weight += row.Weight;
                continue;
            }

            dropped[i] = true;
            Interlocked.Increment(ref _dropped);
            bool labelsDiffer = !log.LabelOf(first).Equals(log.LabelOf(row));
            if (labelsDiffer || first.Time != row.Time)
                Interlocked.Increment(ref _conflicting);
            if (handling != DuplicateHandling.Sum)
                continue;
            if (labelsDiffer)
            {
                if (log.Mistakes(RowMistakeKind.LabelsDiffer))
                    log.Describe(RowMistakeKind.LabelsDiffer, row, $"expected one label for each user-item pair; found {Pair(row, first)}");
                continue;
            }

            weight += row.Weight;
            if (row.Time > first.Time)
                first = first with { Time = row.Time };
        }

        if (handling == DuplicateHandling.Sum)
        {
            first = first with { Weight = (float)weight };
            if (first.Weight != 1)
                Volatile.Write(ref _hasSummed, true);
        }
    }

    // In the order of the rows, which isn't that of the pairs.
    private void DescribeRefused(bool[] dropped)
    {
        Dictionary<(int, int), int>? firsts = null;
        for (int i = 0; i < dropped.Length; i++)
        {
            if (!dropped[i] || !log.Mistakes(RowMistakeKind.Repeated))
                continue;
            firsts ??= Firsts();
            RawInteraction row = _rows[i];
            log.Describe(RowMistakeKind.Repeated, row,
                $"expected each user-item pair once; found {Pair(row, _rows[firsts[(row.User, row.Item)]])}");
        }
    }

    private Dictionary<(int, int), int> Firsts()
    {
        var firsts = new Dictionary<(int, int), int>();
        for (int i = 0; i < _rows.Count; i++)
            firsts.TryAdd((_rows[i].User, _rows[i].Item), i);
        return firsts;
    }

    private string Pair(in RawInteraction row, in RawInteraction first)
        => $"user {Shown.Text(log.Users[row.User])} with item {Shown.Text(log.Items[row.Item])}, which is in {log.Where(first)} already.";
}
