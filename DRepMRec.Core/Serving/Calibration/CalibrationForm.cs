namespace DRepMRec.Serving;

/// <summary>What the scores of a model file were calibrated by. Part of the manifest.</summary>
internal sealed record CalibrationForm
{
    public int Depth { get; init; }

    public int Users { get; init; }

    public int Items { get; init; }

    public int Hits { get; init; }
}
