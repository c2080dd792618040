namespace DRepMRec.Data;

internal sealed record LeaveOneOutSplit : SplitStrategy
{
    public bool ByTime { get; init; }

    internal override bool ReadsTimestamps => ByTime;

    private protected override bool PromisesValidation => true;

    private protected override bool PromisesTest => true;

    public override string ToString() => ByTime ? "LeaveOneOut(byTime)" : "LeaveOneOut";

    private protected override SplitPart[] Assign(InteractionLog log)
    {
        if (ByTime)
            SplitOrder.ThrowIfOneTimestamp(log, this);
        var (rows, offsets) = SplitOrder.ByUser(log, Seed, ByTime);
        var parts = new SplitPart[rows.Length];
        for (int u = 0; u < log.Users.Count; u++)
        {
            Span<int> row = rows.AsSpan(offsets[u]..offsets[u + 1]);
            if (row.Length >= 2)
                parts[row[^1]] = SplitPart.Test;
            if (row.Length >= 3)
                parts[row[^2]] = SplitPart.Validation;
        }

        return parts;
    }
}
