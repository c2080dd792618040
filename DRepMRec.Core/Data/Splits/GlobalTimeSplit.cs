namespace DRepMRec.Data;

internal sealed record GlobalTimeSplit : ShareSplit
{
    internal override bool ReadsTimestamps => true;

    public override string ToString() => $"{nameof(GlobalTime)}{Shares}";

    private protected override SplitPart[] Assign(InteractionLog log)
    {
        SplitOrder.ThrowIfOneTimestamp(log, this);
        int[] rows = SplitOrder.ByTime(log, Seed);
        int test = (int)Math.Round(rows.Length * TestShare, MidpointRounding.AwayFromZero);
        int validation = (int)Math.Round(rows.Length * ValidationShare, MidpointRounding.AwayFromZero);
        var parts = new SplitPart[rows.Length];
        foreach (int i in rows[^test..])
            parts[i] = SplitPart.Test;
        foreach (int i in rows[^(test + validation)..^test])
            parts[i] = SplitPart.Validation;
        return parts;
    }
}
