namespace DRepMRec.Data;

internal sealed record GlobalTimeSplit(SplitShares Shares) : SplitStrategy
{
    internal override bool ReadsTimestamps => true;

    private protected override bool PromisesValidation => Shares.Validation > 0;

    private protected override bool PromisesTest => Shares.Test > 0;

    public override string ToString() => $"{nameof(GlobalTime)}{Shares}";

    private protected override SplitPart[] Assign(InteractionLog log)
    {
        SplitOrder.ThrowIfNoTimestamps(log, this);
        int[] rows = SplitOrder.ByTime(log, Seed);
        int test = (int)Math.Round(rows.Length * Shares.Test, MidpointRounding.AwayFromZero);
        int validation = (int)Math.Round(rows.Length * Shares.Validation, MidpointRounding.AwayFromZero);
        validation = Math.Min(validation, rows.Length - test);
        var parts = new SplitPart[rows.Length];
        foreach (int i in rows[^test..])
            parts[i] = SplitPart.Test;
        foreach (int i in rows[^(test + validation)..^test])
            parts[i] = SplitPart.Validation;
        return parts;
    }
}
