using DRepMRec.Internals;

namespace DRepMRec.Hosts;

/// <summary>Options of <see cref="MgcnEncoder"/>.</summary>
public sealed record MgcnOptions
{
    /// <summary>The dimension D of the representations.</summary>
    /// <value>At least 1. The default is 64.</value>
    public int EmbeddingDim { get; init => field = Guard.Positive(value); } = 64;

    /// <summary>The number of LightGCN layers over the user-item graph.</summary>
    /// <value>0 or more. The default is 2.</value>
    public int Layers { get; init => field = Guard.NotNegative(value); } = 2;

    /// <summary>The number of layers over the item graphs.</summary>
    /// <value>0 or more. The default is 1.</value>
    public int ItemLayers { get; init => field = Guard.NotNegative(value); } = 1;

    /// <summary>The number of neighbours k of an item in each modality's graph, itself among them.</summary>
    /// <value>At least 2. The default is 10.</value>
    public int Neighbors { get; init => field = Guard.InRange(value, 2, int.MaxValue); } = 10;

    /// <summary>The weight of the contrast between side and content representations.</summary>
    /// <value>0 (off) or above. The default is 0.003, which validation chose on TikTok.</value>
    public double ContrastWeight { get; init => field = Guard.NotNegative(value); } = 0.003;

    /// <summary>The temperature of the contrast.</summary>
    /// <value>Above 0. The default is 0.2.</value>
    public double Temperature { get; init => field = Guard.Positive(value); } = 0.2;

    /// <summary>The seed of the first weights.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;
}
