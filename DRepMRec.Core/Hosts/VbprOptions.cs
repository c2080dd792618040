using DRepMRec.Internals;

namespace DRepMRec.Hosts;

/// <summary>Options of <see cref="VbprEncoder"/>.</summary>
public sealed record VbprOptions
{
    /// <summary>The dimension D of the id half and of the content half; representations have 2 D.</summary>
    /// <value>At least 1. The default is 64.</value>
    public int EmbeddingDim { get; init => field = Guard.Positive(value); } = 64;

    /// <summary>The seed of the first weights.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;
}
