using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Options of a recommender that is taken out of a model: the parts that go along with the fused representations.</summary>
public sealed record RecommenderOptions
{
    /// <summary>
    /// Whether the two lines that were fused go along: what it takes to say why, to compare by behaviour or content, to fold in users by
    /// content, and to take new items. They multiply the size of the file by about 2 + M for M modalities.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool IncludeLines { get; init; } = true;

    /// <summary>
    /// Whether what <see cref="Recommender.WithInteractions"/> takes goes along: the learned first layer, (U + I) * D numbers of 4 bytes,
    /// of FREEDOM another I * D for its item graph, and, where interactions have weights, another 4 bytes for each. The recommender's rows
    /// are then those of a propagation in plain .NET, which differ from training's by the rounding of sums.
    /// </summary>
    /// <value>The default is <see langword="false"/>. Needs <see cref="IncludeLines"/>.</value>
    public bool IncludeRefresh { get; init; }

    /// <summary>
    /// Whether a recommender that a training's report builds gets probabilities from the validation set, if the dataset has one
    /// (<see cref="Calibration"/>). It takes the time of a list for each user of the validation set, of at most 20,000.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Calibrate { get; init; } = true;

    /// <summary>
    /// How the rows of users and items are held, in memory and in the file. Probabilities are calibrated by the scores of the rows as they
    /// are held.
    /// </summary>
    /// <value>
    /// The default is <see cref="RowPrecision.Single"/>. <see cref="RowPrecision.Int8"/> takes a quarter of the memory, and of what a
    /// request reads: docs/serving.md has what that does to lists.
    /// </value>
    public RowPrecision RowPrecision { get; init => field = Guard.Defined(value); } = RowPrecision.Single;

    /// <summary>
    /// The most bytes of item features that go along so that new items find their neighbours among the known ones; without neighbours
    /// none need to. A dataset with more gets a recommender that takes no new items.
    /// </summary>
    /// <value>0 (never) or more. The default is 1 GiB.</value>
    public long MaxContentBytes
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), $"Expected 0 or more, got {value}.");
    } = 1L << 30;
}
