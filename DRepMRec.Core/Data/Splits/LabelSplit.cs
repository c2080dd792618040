using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

internal sealed record LabelSplit : SplitStrategy
{
    /// <summary>Whether validation or test may be empty.</summary>
    public bool AllowMissing { get; init; }

    /// <summary>The share of training that becomes validation where there is a test set and no validation set.</summary>
    public double ValidationShare { get; init => field = Guard.Share(value); }

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
