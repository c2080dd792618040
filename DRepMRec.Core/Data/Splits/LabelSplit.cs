using System.Globalization;

namespace DRepMRec.Data;

/// <param name="AllowMissing">Whether validation or test may be empty.</param>
/// <param name="ValidationShare">The share of training that becomes validation where there is a test set and no validation set.</param>
internal sealed record LabelSplit(bool AllowMissing, double ValidationShare) : SplitStrategy
{
    internal override bool ReadsLabels => true;

    private protected override bool PromisesValidation => !AllowMissing;

    private protected override bool PromisesTest => !AllowMissing;

    public override string ToString() => "ByLabel";

    private protected override SplitPart[] Assign(InteractionLog log)
    {
        var parts = new SplitPart[log.Rows.Count];
        for (int i = 0; i < parts.Length; i++)
            parts[i] = (SplitPart)log.Rows[i].Label;
        if (ValidationShare > 0 && !parts.Contains(SplitPart.Validation) && parts.Contains(SplitPart.Test))
            DrawValidation(log, parts);
        return parts;
    }

    private void DrawValidation(InteractionLog log, SplitPart[] parts)
    {
        PerUserSplit.Draw(log, new SplitShares(ValidationShare, 0), Seed, byTime: false, parts, SplitPart.Train);
        int drawn = parts.Count(part => part == SplitPart.Validation);
        log.Note(string.Create(CultureInfo.InvariantCulture, $"the labels give no validation interactions: {drawn:N0} were drawn from "
            + $"training, {ValidationShare:0.##} of each user's, with the seed {Seed}"));
    }
}
