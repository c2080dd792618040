using DRepMRec.Evaluation;
using DRepMRec.Internals;

namespace DRepMRec.Training;

/// <summary>Options of a <see cref="TimeTravel"/>.</summary>
public sealed record TimeTravelOptions
{
    /// <summary>The share of the interactions, the oldest, that the first model is trained on.</summary>
    /// <value>Above 0 and below 1. The default is 0.5.</value>
    public double FirstShare { get; init => field = Guard.ProperShare(value); } = 0.5;

    /// <summary>The number of windows of equal time that the rest is cut into.</summary>
    /// <value>At least 1. The default is 8.</value>
    public int Windows { get; init => field = Guard.Positive(value); } = 8;

    /// <summary>The policies that are compared, each by its name.</summary>
    /// <value>
    /// At least one. The default is never, refresh, and every 2 windows a warm start or a training from nothing, with refreshes in between.
    /// </value>
    public IReadOnlyList<UpdatePolicy> Policies { get; init => field = Guard.NotEmpty(value); } =
    [
        UpdatePolicy.Never, UpdatePolicy.Refresh, UpdatePolicy.WarmStartEvery(2, refreshes: true),
        UpdatePolicy.TrainEveryFromNothing(2, refreshes: true),
    ];

    /// <summary>The metrics.</summary>
    /// <value>At least one. The default is Recall@20 and NDCG@20.</value>
    public IReadOnlyList<RankingMetric> Metrics { get; init => field = RankingMetric.RequireCutOffs(Guard.NotEmpty(value)); } =
        [RankingMetric.Recall(20), RankingMetric.Ndcg(20)];

    /// <summary>
    /// The options of the models. Nothing validates here: an item-to-item part needs one weight in each of its lists, or is switched off.
    /// </summary>
    public DRepMRecOptions Model { get; init => field = Guard.NotNull(value); } = new();

    /// <summary>
    /// The options of trainings. There is no validation, as that would keep the newest interactions from the model: each training makes
    /// <see cref="TrainerOptions.MaxEpochs"/> epochs.
    /// </summary>
    /// <value>The default is 20 epochs; options of your own that don't say how many have the 1,000 of <see cref="TrainerOptions"/>.</value>
    public TrainerOptions Training { get; init => field = Guard.NotNull(value); } = new() { MaxEpochs = 20 };

    /// <summary>
    /// The epochs of a training that begins from an earlier model. Where content of another modality has come in since, it begins from
    /// nothing.
    /// </summary>
    /// <remarks>A fifth of those that a training from nothing needs on validation, with the same learning rate and batches.</remarks>
    /// <value>At least 1. The default is 4.</value>
    public int WarmStartEpochs { get; init => field = Guard.Positive(value); } = 4;

    /// <summary>How a training begins from an earlier model. Moments aren't kept.</summary>
    public WarmStartOptions WarmStart { get; init => field = Guard.NotNull(value); } = new();
}
