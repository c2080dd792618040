using DRepMRec.Internals;

namespace DRepMRec.Encoders;

/// <summary>Options of <see cref="LightGcnEncoder"/>.</summary>
public sealed record LightGcnOptions
{
    /// <summary>The dimension D of the representations.</summary>
    /// <value>At least 1. The default is 64.</value>
    public int EmbeddingDim { get; init => field = Guard.Positive(value); } = 64;

    /// <summary>The number of propagation layers L.</summary>
    /// <value>0 (plain matrix factorisation) or more. The default is 2.</value>
    public int Layers { get; init => field = Guard.NotNegative(value); } = 2;

    /// <summary>The seed of the first weights.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;
}
