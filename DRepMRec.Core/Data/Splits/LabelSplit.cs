using System.Globalization;

namespace DRepMRec.Data;

internal sealed record LabelSplit : SplitStrategy
{
    public bool AllowMissing { get; init; }

    internal override bool ReadsLabels => true;

    private protected override bool PromisesValidation => !AllowMissing;

    private protected override bool PromisesTest => !AllowMissing;

    public override string ToString() => "ByLabel";

    private protected override SplitPart[] Assign(InteractionLog log)
    {
        const string Expected = "expected the label 0 (training), 1 (validation) or 2 (test), found";
        var parts = new SplitPart[log.Rows.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            RawInteraction row = log.Rows[i];
            parts[i] = row.Label switch
            {
                0 => SplitPart.Train,
                1 => SplitPart.Validation,
                2 => SplitPart.Test,
                double.NaN => throw log.Error(row, $"{Expected} none."),
                _ => throw log.Error(row, $"{Expected} {row.Label.ToString(CultureInfo.InvariantCulture)}."),
            };
        }

        return parts;
    }
}
