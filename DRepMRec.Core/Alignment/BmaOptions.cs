using DRepMRec.Fusions;
using DRepMRec.Internals;

namespace DRepMRec.Alignment;

/// <summary>Options of <see cref="BehaviorModalAlignment"/>.</summary>
/// <remarks>The paper publishes neither formulas nor weights; the defaults come from the trials in docs/experiments.md.</remarks>
public sealed record BmaOptions
{
    /// <summary>
    /// The weight of the intra-alignment: inside each line, the contrast of cos(user, item) against the cosines with the batch's distinct
    /// negatives (InfoNCE, van den Oord et al., 2018).
    /// </summary>
    /// <value>0 (off) or above. The default is 1.</value>
    public double IntraWeight { get; init => field = Guard.NotNegative(value); } = 1;

    /// <summary>
    /// The weight of the inter-alignment: the contrast of the two representations of a user, and of an item, against those of the batch's
    /// other distinct users and items, in both directions.
    /// </summary>
    /// <value>0 (off) or above. The default is 0.1.</value>
    public double InterWeight { get; init => field = Guard.NotNegative(value); } = 0.1;

    /// <summary>The temperature of both contrasts.</summary>
    /// <value>Above 0. The default is 0.25.</value>
    public double Temperature { get; init => field = Guard.Positive(value); } = 0.25;

    /// <summary>
    /// The most negatives of the intra-alignment, and distinct users and items, each, of the inter-alignment, of a batch that are
    /// contrasted; of more, a random draw. The intra-alignment takes all users of the batch.
    /// </summary>
    /// <value>At least 2. The default is 512.</value>
    public int MaxEntities { get; init => field = Guard.InRange(value, 2, int.MaxValue); } = 512;

    /// <summary>How the two lines become one.</summary>
    /// <value>The default is <see cref="Fusions.Fusion.NormalizedConcatenation"/>.</value>
    public Fusion Fusion { get; init => field = Guard.NotNull(value); } = new Fusion.NormalizedConcatenation();

    /// <summary>The seed of the first weights of a fusion that is trained.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;
}
