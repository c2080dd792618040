using DRepMRec.Internals;

namespace DRepMRec.Evaluation;

/// <summary>Options of <see cref="LineDiagnostics"/>.</summary>
public sealed record LineDiagnosticsOptions
{
    /// <summary>
    /// The most users, and the most items, that the energy distance is taken over, drawn at random when there are more: time grows with the
    /// square.
    /// </summary>
    /// <value>At least 1. The default is 2000.</value>
    public int MaxRows { get; init => field = Guard.Positive(value); } = 2000;

    /// <summary>The number of random pairs of items whose similarities are correlated, per modality.</summary>
    /// <value>At least 2. The default is 100,000.</value>
    public int Pairs { get; init => field = Guard.InRange(value, 2, int.MaxValue); } = 100_000;

    /// <summary>The seed of what is drawn.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;
}
