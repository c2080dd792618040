using System.Text.Json.Serialization;
using DRepMRec.Internals;
using DRepMRec.Serialization;

namespace DRepMRec.Alignment;

/// <summary>How two matrices of similarities are compared.</summary>
[JsonConverter(typeof(EnumNameConverter<SimilarityLossKind>))]
public enum SimilarityLossKind
{
    /// <summary>The mean of the squared differences.</summary>
    MeanSquared,

    /// <summary>The Frobenius norm of the difference, divided by the square root of the number of pairs.</summary>
    Frobenius,

    /// <summary>The cross-entropy between the rows' softmax distributions.</summary>
    CrossEntropy,
}

/// <summary>Options of <see cref="SimilaritySupervisedSignal"/>.</summary>
public sealed record SssOptions
{
    /// <summary>The comparison.</summary>
    /// <value>The default is <see cref="SimilarityLossKind.MeanSquared"/>.</value>
    public SimilarityLossKind Kind { get; init => field = Guard.Defined(value); } = SimilarityLossKind.MeanSquared;

    /// <summary>The weight of the signal in the loss.</summary>
    /// <value>
    /// 0 (off, the default) or above: no comparison and no weight improved a ranking (docs/results.md). 0.1 keeps the modal line a little
    /// closer to the features.
    /// </value>
    public double Weight { get; init => field = Guard.NotNegative(value); }

    /// <summary>The temperature of the cross-entropy.</summary>
    /// <value>Above 0. The default is 0.2.</value>
    public double Temperature { get; init => field = Guard.Positive(value); } = 0.2;

    /// <summary>The most items of a batch that are compared with each other, drawn at random when there are more.</summary>
    /// <value>At least 2. The default is 512.</value>
    public int MaxItems { get; init => field = Guard.InRange(value, 2, int.MaxValue); } = 512;
}
