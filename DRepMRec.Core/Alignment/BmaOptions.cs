using System.Text.Json.Serialization;
using DRepMRec.Fusions;
using DRepMRec.Internals;
using DRepMRec.Serialization;

namespace DRepMRec.Alignment;

/// <summary>How users are pulled towards their items inside each line.</summary>
[JsonConverter(typeof(EnumNameConverter<IntraAlignmentKind>))]
public enum IntraAlignmentKind
{
    /// <summary>1 - cos(user, item), averaged.</summary>
    Cosine,

    /// <summary>
    /// Alignment and uniformity on the unit sphere (Wang and Isola, ICML 2020): mean |u - i|² plus the mean of log E exp(-2 |x - y|²) over
    /// distinct users and over distinct items (for recommendation: DirectAU, KDD 2022).
    /// </summary>
    AlignmentUniformity,

    /// <summary>Contrast of cos(user, item) against the cosines with the batch's distinct negatives (van den Oord et al., 2018).</summary>
    InfoNce,
}

/// <summary>How the two representations of the same user, and of the same item, are pulled together across the lines.</summary>
[JsonConverter(typeof(EnumNameConverter<InterAlignmentKind>))]
public enum InterAlignmentKind
{
    /// <summary>Contrast against the batch's other distinct users (items), in both directions (van den Oord et al., 2018).</summary>
    InfoNce,

    /// <summary>1 - cos(behaviour, modal), averaged.</summary>
    Cosine,

    /// <summary>The squared differences of the means and of the standard deviations of the two distributions.</summary>
    MeanVariance,
}

/// <summary>Options of <see cref="BehaviorModalAlignment"/>.</summary>
/// <remarks>The paper publishes neither formulas nor weights; the defaults come from the trials in docs/experiments.md.</remarks>
public sealed record BmaOptions
{
    /// <summary>The kind of alignment inside each line.</summary>
    /// <value>The default is <see cref="IntraAlignmentKind.InfoNce"/>.</value>
    public IntraAlignmentKind Intra { get; init => field = Guard.Defined(value); } = IntraAlignmentKind.InfoNce;

    /// <summary>The weight of the intra-alignment.</summary>
    /// <value>0 (off) or above. The default is 1.</value>
    public double IntraWeight { get; init => field = Guard.NotNegative(value); } = 1;

    /// <summary>The kind of alignment between the lines.</summary>
    /// <value>The default is <see cref="InterAlignmentKind.InfoNce"/>.</value>
    public InterAlignmentKind Inter { get; init => field = Guard.Defined(value); } = InterAlignmentKind.InfoNce;

    /// <summary>The weight of the inter-alignment.</summary>
    /// <value>0 (off) or above. The default is 0.1.</value>
    public double InterWeight { get; init => field = Guard.NotNegative(value); } = 0.1;

    /// <summary>The temperature of InfoNCE.</summary>
    /// <value>Above 0. The default is 0.25.</value>
    public double Temperature { get; init => field = Guard.Positive(value); } = 0.25;

    /// <summary>The most distinct users and items, each, of a batch that are contrasted or aligned; of more, a random draw.</summary>
    /// <value>At least 2. The default is 512.</value>
    public int MaxEntities { get; init => field = Guard.InRange(value, 2, int.MaxValue); } = 512;

    /// <summary>How the two lines become one.</summary>
    /// <value>The default is <see cref="Fusions.Fusion.NormalizedConcatenation"/>.</value>
    public Fusion Fusion { get; init => field = Guard.NotNull(value); } = new Fusion.NormalizedConcatenation();

    /// <summary>The seed of the first weights of a fusion that is trained.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;
}
