using DRepMRec.Internals;

namespace DRepMRec.Hosts;

/// <summary>Options of <see cref="FreedomEncoder"/>.</summary>
public sealed record FreedomOptions
{
    /// <summary>The dimension D of the representations.</summary>
    /// <value>At least 1. The default is 64.</value>
    public int EmbeddingDim { get; init => field = Guard.Positive(value); } = 64;

    /// <summary>The number of LightGCN layers over the user-item graph.</summary>
    /// <value>0 or more. The default is 2.</value>
    public int Layers { get; init => field = Guard.NotNegative(value); } = 2;

    /// <summary>The number of layers over the item graph.</summary>
    /// <value>0 or more. The default is 1.</value>
    public int ItemLayers { get; init => field = Guard.NotNegative(value); } = 1;

    /// <summary>The number of neighbours k of an item in each modality's graph, itself among them.</summary>
    /// <value>At least 2. The default is 10.</value>
    public int Neighbors { get; init => field = Guard.InRange(value, 2, int.MaxValue); } = 10;

    /// <summary>The weight of each modality's graph in the item graph, in the order of the features; empty for equal weights.</summary>
    /// <value>None or one per modality, each 0 or above. The default is empty.</value>
    public IReadOnlyList<double> ModalityWeights { get; init => field = Guard.NoneNegative(value); } = [];

    /// <summary>The share of user-item edges that each epoch leaves out, drawn such that edges between popular nodes go first.</summary>
    /// <value>At least 0 and below 1. The default is 0.8.</value>
    public double EdgeDropout { get; init => field = Guard.Share(value); } = 0.8;

    /// <summary>The weight of the BPR loss over projected features.</summary>
    /// <value>0 (off) or above. The default is 0.01, which validation chose on TikTok.</value>
    public double ModalLossWeight { get; init => field = Guard.NotNegative(value); } = 0.01;

    /// <summary>The seed of the first weights and of dropped edges.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;
}
