using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Finds the pairs of user and item that several rows have, by sorting, and makes one row of each.</summary>
/// <param name="log">The rows.</param>
/// <param name="handling">What becomes of them.</param>
/// <param name="readsLabels">Whether the split goes by labels, so that rows of a sum must have one.</param>
internal sealed class RepeatedPairs(InteractionLog log, DuplicateHandling handling, bool readsLabels)
{
    private readonly RawRows _rows = log.Rows;
    private long _dropped;
    private long _conflicting;
    private long _limited;
    private bool _hasSummed;

    /// <summary>The rows that were left out.</summary>
    public long Dropped => _dropped;

    /// <summary>Those of them with another label or timestamp than the row that stays.</summary>
    public long Conflicting => _conflicting;

    /// <summary>The sums that were above the largest weight.</summary>
    public long Limited => _limited;

    /// <summary>Whether weights were added up.</summary>
    public bool HasSummed => _hasSummed;

    public void Handle()
    {
        var (rows, offsets) = SplitOrder.GroupByUser(log);
        var dropped = new bool[_rows.Count];
        if (log.HasLabels)
            HandleUsers(0, log.Users.Count, rows, offsets, dropped); // Mistakes are described in their order.
        else
            Parallelism.ForRanges(log.Users.Count, SplitOrder.UsersPerThread, (from, to) => HandleUsers(from, to, rows, offsets, dropped));
        if (_dropped == 0)
            return;
        if (handling == DuplicateHandling.Reject)
            DescribeRefused(dropped);
        _rows.RemoveWhere(i => dropped[i]);
    }

    private void HandleUsers(int from, int to, SplitOrder.ItemRow[] rows, int[] offsets, bool[] dropped)
    {
        var weights = new List<float>();
        for (int user = from; user < to; user++)
        {
            Span<SplitOrder.ItemRow> own = rows.AsSpan(offsets[user]..offsets[user + 1]);
            own.Sort();
            for (int start = 0, end; start < own.Length; start = end)
            {
                for (end = start + 1; end < own.Length && own[end].Item == own[start].Item; end++)
                {
                }

                if (end - start > 1)
                    Merge(own[start..end], dropped, weights);
            }
        }
    }

    private void Merge(ReadOnlySpan<SplitOrder.ItemRow> pair, bool[] dropped, List<float> weights)
    {
        int kept = handling == DuplicateHandling.Sum && readsLabels ? LowestLabel(pair)
            : pair[handling == DuplicateHandling.KeepLast ? ^1 : 0].Row;
        ref RawInteraction first = ref _rows[kept];
        weights.Clear();
        foreach (var (_, i) in pair)
        {
            ref RawInteraction row = ref _rows[i];
            if (i == kept)
            {
                weights.Add(row.Weight);
                continue;
            }

            dropped[i] = true;
            Interlocked.Increment(ref _dropped);
            bool labelsDiffer = !log.LabelOf(first).Equals(log.LabelOf(row));
            if (labelsDiffer || first.Time != row.Time)
                Interlocked.Increment(ref _conflicting);
            if (handling != DuplicateHandling.Sum)
                continue;
            if (labelsDiffer && readsLabels)
            {
                if (log.Mistakes(RowMistakeKind.LabelsDiffer))
                {
                    log.Describe(RowMistakeKind.LabelsDiffer, row, "expected one label for each user-item pair; found "
                        + $"{User(row)}, which has another in {log.Where(first)}.");
                }

                continue;
            }

            weights.Add(row.Weight);
            if (row.Time > first.Time)
                first = first with { Time = row.Time };
        }

        if (handling == DuplicateHandling.Sum)
        {
            weights.Sort(); // Sums round by the order of what they add, and that of rows doesn't matter.
            double weight = weights.Sum(w => (double)w);
            if (!EventWeights.IsWeight(weight))
                Interlocked.Increment(ref _limited);
            first = first with { Weight = (float)Math.Min(weight, EventWeights.Max) };
            if (first.Weight != 1)
                Volatile.Write(ref _hasSummed, true);
        }
    }

    // The first of the rows that are nearest to training, so that nothing is known of a test that the order of rows decides.
    private int LowestLabel(ReadOnlySpan<SplitOrder.ItemRow> pair)
    {
        int lowest = pair[0].Row;
        foreach (var (_, i) in pair)
            lowest = _rows[i].Label < _rows[lowest].Label ? i : lowest;
        return lowest;
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

    private string Pair(in RawInteraction row, in RawInteraction first) => $"{User(row)}, which is in {log.Where(first)} already.";

    private string User(in RawInteraction row) => $"user {Shown.Text(log.Users[row.User])} with item {Shown.Text(log.Items[row.Item])}";
}
