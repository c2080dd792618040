using DRepMRec.Internals;

namespace DRepMRec.Encoders;

/// <summary>Options of <see cref="MatrixFactorizationEncoder"/>.</summary>
public sealed record MatrixFactorizationOptions
{
    /// <summary>The dimension D of the representations.</summary>
    /// <value>At least 1. The default is 64.</value>
    public int EmbeddingDim { get; init => field = Guard.Positive(value); } = 64;

    /// <summary>The seed of the first weights.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;
}
