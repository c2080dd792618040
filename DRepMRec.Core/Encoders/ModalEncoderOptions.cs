using System.Text.Json.Serialization;
using DRepMRec.Internals;
using DRepMRec.Serialization;

namespace DRepMRec.Encoders;

/// <summary>How a modality's features become representations.</summary>
[JsonConverter(typeof(EnumNameConverter<FilterGateKind>))]
public enum FilterGateKind
{
    /// <summary>H = P ⊙ sigmoid(P W2 + b2) with P = X W1 + b1: the features filter themselves.</summary>
    Self,

    /// <summary>H = M ⊙ sigmoid(P W2 + b2) with a trainable row of M per item, the modal line's own: the features filter it.</summary>
    Embedding,

    /// <summary>H = P: no gate.</summary>
    None,
}

/// <summary>How the modalities of an item are weighted when they are added up. Modalities that an item lacks get no weight.</summary>
[JsonConverter(typeof(EnumNameConverter<ModalityWeighting>))]
public enum ModalityWeighting
{
    /// <summary>All alike.</summary>
    Equal,

    /// <summary>By <see cref="ModalEncoderOptions.FixedWeights"/>.</summary>
    Fixed,

    /// <summary>By the softmax of one trainable number per modality, equal at first.</summary>
    Learned,
}

/// <summary>Options of <see cref="ModalEncoder"/>.</summary>
public sealed record ModalEncoderOptions
{
    /// <summary>The dimension D of the representations.</summary>
    /// <value>At least 1. The default is 64.</value>
    public int EmbeddingDim { get; init => field = Guard.Positive(value); } = 64;

    /// <summary>The filter gates.</summary>
    /// <value>The default is <see cref="FilterGateKind.Self"/>.</value>
    public FilterGateKind Gate { get; init => field = Guard.Defined(value); } = FilterGateKind.Self;

    /// <summary>The number of most similar items k that a relation graph links an item to.</summary>
    /// <value>0 (no relation graphs) or more. The default is 10.</value>
    public int Neighbors { get; init => field = Guard.NotNegative(value); } = 10;

    /// <summary>The number of steps along the relation graphs.</summary>
    /// <value>0 (no relation graphs) or more. The default is 1.</value>
    public int RelationLayers { get; init => field = Guard.NotNegative(value); } = 1;

    /// <summary>Whether an item keeps its own representation beside the mean of its neighbours.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool KeepSelf { get; init; } = true;

    /// <summary>How the modalities are weighted.</summary>
    /// <value>The default is <see cref="ModalityWeighting.Equal"/>.</value>
    public ModalityWeighting Weighting { get; init => field = Guard.Defined(value); } = ModalityWeighting.Equal;

    /// <summary>The weights under <see cref="ModalityWeighting.Fixed"/>, one per modality in the order of the dataset.</summary>
    /// <value>Each 0 or above, not all 0. Empty by default.</value>
    public IReadOnlyList<double> FixedWeights { get; init; } = [];

    /// <summary>The number of users k that a user is linked to by shared items, in a frozen graph of all training interactions.</summary>
    /// <value>0 (no user graph, the default) or more.</value>
    public int UserNeighbors { get; init => field = Guard.NotNegative(value); }

    /// <summary>The seed of the first weights.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;

    /// <summary>Whether a modality weighs something.</summary>
    internal bool Weighs(int modality) => Weighting != ModalityWeighting.Fixed || FixedWeights[modality] > 0;

    internal void ThrowIfInvalid(int modalityCount)
    {
        if (Weighting != ModalityWeighting.Fixed)
            return;
        if (FixedWeights.Count != modalityCount)
            throw new ArgumentException($"Expected {modalityCount} fixed weights, one per modality, got {FixedWeights.Count}.");
        if (FixedWeights.Any(w => !(w >= 0) || !double.IsFinite(w)) || FixedWeights.Sum() == 0)
            throw new ArgumentException($"Fixed weights must be 0 or above and not all 0; got {string.Join(", ", FixedWeights)}.");
    }
}
