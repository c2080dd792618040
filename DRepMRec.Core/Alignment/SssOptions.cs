using DRepMRec.Internals;

namespace DRepMRec.Alignment;

/// <summary>Options of <see cref="SimilaritySupervisedSignal"/>.</summary>
public sealed record SssOptions
{
    /// <summary>The weight of the signal in the loss.</summary>
    /// <value>
    /// 0 (off, the default) or above: no weight improved a ranking (docs/results.md). 0.1 keeps the modal line a little
    /// closer to the features.
    /// </value>
    public double Weight { get; init => field = Guard.NotNegative(value); }

    /// <summary>The most items of a batch that are compared with each other, drawn at random when there are more.</summary>
    /// <value>At least 2. The default is 512.</value>
    public int MaxItems { get; init => field = Guard.InRange(value, 2, int.MaxValue); } = 512;
}
