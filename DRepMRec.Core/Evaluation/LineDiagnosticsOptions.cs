using DRepMRec.Internals;

namespace DRepMRec.Evaluation;

/// <summary>Options of <see cref="LineDiagnostics"/>.</summary>
public sealed record LineDiagnosticsOptions
{
    /// <summary>The most users and items, each, that the energy distance is taken over; of more, as many are drawn at random.</summary>
    /// <value>At least 1. The default is 2000.</value>
    public int MaxRows { get; init => field = Guard.Positive(value); } = 2000;

    /// <summary>The number of random pairs of items whose similarities are correlated, per modality.</summary>
    /// <value>2 to 2,147,483,591. The default is 100,000.</value>
    public int Pairs { get; init => field = Guard.InRange(value, 2, Array.MaxLength); } = 100_000;

    /// <summary>The seed of the random draws.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;
}
