using DRepMRec.Internals;

namespace DRepMRec.ItemToItem;

/// <summary>Options of <see cref="ItemToItemModel"/>, and of its blend with a trained model. Immutable.</summary>
/// <remarks>docs/item-to-item.md has the figures that the defaults come from.</remarks>
/// <example>
/// <code>
/// var options = new DRepMRecOptions { ItemToItem = new ItemToItemOptions { Enabled = true } };
/// </code>
/// </example>
public sealed record ItemToItemOptions
{
    // One array, so that default options are equal.
    private static readonly double[] DefaultWeights = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 1.5, 2, 3, 5, 10];
    private static readonly double[] DefaultPopularityWeights = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

    // Twice as many squared, one regression's matrix, can be indexed.
    private const int MaxNeighbors = 20_000;

    /// <summary>Below so many training interactions validation has few hits, and ranks say more.</summary>
    internal const int FewInteractions = 10_000;

    /// <summary>
    /// Whether training ends with an item-to-item part that is blended with the model's scores, and the items' popularity with it, by
    /// weights that validation chooses. Without it the model stands alone, bit for bit.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Enabled { get; init; }

    /// <summary>The weight of the L2 penalty on the item-to-item weights, lambda.</summary>
    /// <value>Above 0. The default is 50.</value>
    public double L2 { get; init => field = Guard.Positive(value); } = 50;

    /// <summary>
    /// How much content counts beside interactions, alpha: the Gram matrix of each modality's features, scaled as
    /// <see cref="DRepMRecOptions.FeatureScaling"/> says and brought to rows of length 1, is added with this weight.
    /// </summary>
    /// <value>0 (interactions alone) or above. The default is 100.</value>
    public double ContentWeight { get; init => field = Guard.NotNegative(value); } = 100;

    /// <summary>Whether a user of many items counts less in the Gram matrix: by 1 / sqrt(|N_u|).</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool NormalizeUsers { get; init; } = true;

    /// <summary>
    /// The most bytes of the matrix that is inverted, 2 n² for n items and a little more. A larger catalogue gets a ridge regression for
    /// each item over its <see cref="Neighbors"/> nearest items instead: memory in proportion to the catalogue, and time to it and to the
    /// pairs of items of one user, of which a user of n items has n².
    /// </summary>
    /// <value>0 (always regressions) or above. The default is 2 GiB: 31,744 items.</value>
    public long MaxMatrixBytes { get; init => field = Guard.NotNegative(value); } = 2L << 30;

    /// <summary>
    /// How many items a regression goes over: those most similar by users, the cosine in which a user counts by 1 / |N_u|, and as many of
    /// nearest content.
    /// </summary>
    /// <value>1 to 20,000. The default is 200.</value>
    public int Neighbors { get; init => field = Guard.InRange(value, 1, MaxNeighbors); } = 200;

    /// <summary>How many other items an item speaks for or against: those of the weights of largest magnitude are kept.</summary>
    /// <value>At least 1. The default is 200.</value>
    public int KeptWeights { get; init => field = Guard.Positive(value); } = 200;

    /// <summary>Whether there is one weight of each kind, so that none is left to choose.</summary>
    internal bool AreWeightsGiven => BlendWeights.Distinct().Count() == 1 && PopularityWeights.Distinct().Count() == 1;

    /// <summary>
    /// The weights of the blend that validation chooses from: how far the part's scores spread for a mean user, against the model's.
    /// </summary>
    /// <value>At least one, each 0 or above. The default is 0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 1.5, 2, 3, 5 and 10.</value>
    /// <remarks>
    /// With fewer than 10,000 training interactions hits among the first items differ by chance: there the weights, these and those of
    /// popularity, are taken at which the mean logarithm of the validation items' ranks is lowest. One weight of each kind is taken as it
    /// is, and asks for no validation interactions: those of an earlier training, where all interactions are trained on.
    /// </remarks>
    public IReadOnlyList<double> BlendWeights
    {
        get;
        init => field = [.. Guard.NotEmpty(value).Select(weight => Guard.NotNegative(weight, nameof(BlendWeights)))];
    } = DefaultWeights;

    /// <summary>
    /// The weights of items' popularity in the blend that validation chooses from: how far the logarithms of the items' numbers of users
    /// spread over the items, against the model's scores for a mean user.
    /// </summary>
    /// <value>
    /// At least one, each 0 (not at all) or above. The default is 0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5 and 10.
    /// </value>
    /// <remarks>Scores that are cosines can't say how popular an item is, beyond what the angle between two rows leaves room for.</remarks>
    public IReadOnlyList<double> PopularityWeights
    {
        get;
        init => field = [.. Guard.NotEmpty(value).Select(weight => Guard.NotNegative(weight, nameof(PopularityWeights)))];
    } = DefaultPopularityWeights;
}
