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

    /// <summary>H = P: no gate.</summary>
    None,
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

    /// <summary>Whether an item keeps its own representation beside the mean of its neighbours.</summary>
    /// <value>
    /// The default is <see langword="true"/>. Without it TikTok ranks lower, and Sports, whose titles say much, ranked higher, in part as
    /// its trainings went on for longer: docs/results.md.
    /// </value>
    public bool KeepSelf { get; init; } = true;

    /// <summary>What each modality weighs among those that an item has, in the order of the dataset.</summary>
    /// <value>Each 0 or above, not all 0. Empty, the default, for all alike.</value>
    public IReadOnlyList<double> ModalityWeights { get; init => field = Guard.NoneNegative(value); } = [];

    /// <summary>The number of users k that a user is linked to by shared items, in a frozen graph of all training interactions.</summary>
    /// <value>
    /// 0 (no user graph, the default) or more: level on TikTok, higher by NDCG@20 on Sports (docs/results.md). A step then computes all
    /// rows, not those of the batch alone.
    /// </value>
    public int UserNeighbors { get; init => field = Guard.NotNegative(value); }

    /// <summary>The seed of the first weights.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;

    /// <summary>Whether a modality weighs something.</summary>
    internal bool Weighs(int modality) => Weight(modality) > 0;

    /// <summary>What a modality weighs.</summary>
    internal double Weight(int modality) => ModalityWeights.Count == 0 ? 1 : ModalityWeights[modality];

    internal void ThrowIfInvalid(int modalityCount)
    {
        if (ModalityWeights.Count == 0)
            return;
        if (ModalityWeights.Count != modalityCount)
        {
            throw new ArgumentException(
                $"{nameof(ModalityWeights)}: expected {modalityCount} weights, one per modality, got {ModalityWeights.Count}.");
        }

        if (ModalityWeights.All(weight => weight == 0))
        {
            throw new ArgumentException(
                $"{nameof(ModalityWeights)}: expected numbers of 0 or above, not all 0; got {string.Join(", ", ModalityWeights)}.");
        }
    }
}
