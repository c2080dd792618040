using System.Text.Json.Serialization;
using DRepMRec.Internals;
using DRepMRec.Serialization;

namespace DRepMRec.Losses;

/// <summary>How likely each candidate is drawn.</summary>
[JsonConverter(typeof(EnumNameConverter<NegativeDistribution>))]
public enum NegativeDistribution
{
    /// <summary>All alike.</summary>
    Uniform,

    /// <summary>
    /// In proportion to (number of training users)^<see cref="NegativeSampling.PopularityExponent"/>; where interactions have weights, to
    /// the sum of their confidences (<see cref="Data.InteractionSet.Confidences"/>).
    /// </summary>
    Popularity,
}

/// <summary>Which items can be drawn as negatives.</summary>
[JsonConverter(typeof(EnumNameConverter<NegativeCandidates>))]
public enum NegativeCandidates
{
    /// <summary>The items that occur in training: an item that nobody could choose yet isn't taken for one that nobody wants.</summary>
    TrainingItems,

    /// <summary>All items of the dataset.</summary>
    AllItems,
}

/// <summary>Where negative items come from. How many there are is up to the <see cref="RankingLoss"/>.</summary>
public sealed record NegativeSampling
{
    /// <summary>How likely each candidate is drawn.</summary>
    /// <value>The default is <see cref="NegativeDistribution.Uniform"/>.</value>
    public NegativeDistribution Distribution { get; init => field = Guard.Defined(value); } = NegativeDistribution.Uniform;

    /// <summary>Which items can be drawn.</summary>
    /// <value>The default is <see cref="NegativeCandidates.TrainingItems"/>.</value>
    public NegativeCandidates Candidates { get; init => field = Guard.Defined(value); } = NegativeCandidates.TrainingItems;

    /// <summary>The exponent of <see cref="NegativeDistribution.Popularity"/>. Items without training users count as one.</summary>
    /// <value>0 or above. The default is 0.75 (Mikolov et al., 2013).</value>
    public double PopularityExponent { get; init => field = Guard.NotNegative(value); } = 0.75;

    /// <summary>
    /// Whether a shared negative counts by how much likelier all alike would have drawn it, so that negatives by popularity don't take
    /// popularity out of the answer: log q correction (Bengio and Senécal, 2008; Yi et al., RecSys 2019), q relative to all alike, in
    /// <see cref="RankingLoss.SampledSoftmax"/> and in contrastive intra-alignment.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>: a training by popularity whose batches share negatives then logs a warning.
    /// </value>
    public bool Corrected { get; init; }

    /// <summary>Whether popular items are drawn more often, and nothing makes up for it where a batch shares negatives.</summary>
    internal bool TakesPopularityAway => Distribution == NegativeDistribution.Popularity && PopularityExponent > 0 && !Corrected;
}
