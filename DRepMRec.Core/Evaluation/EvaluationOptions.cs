using System.Text.Json.Serialization;
using DRepMRec.Internals;
using DRepMRec.Serialization;

namespace DRepMRec.Evaluation;

/// <summary>Which set of interactions is evaluated.</summary>
[JsonConverter(typeof(EnumNameConverter<EvaluationTarget>))]
public enum EvaluationTarget
{
    /// <summary>Validation: the set that choices are made on.</summary>
    Validation,

    /// <summary>Test: read once, at the end.</summary>
    Test,
}

/// <summary>Which of a user's items are taken out of the ranking.</summary>
[JsonConverter(typeof(EnumNameConverter<CandidateMask>))]
public enum CandidateMask
{
    /// <summary>The user's training items, at validation and at test: the choice of the literature, and the default.</summary>
    Train,

    /// <summary>At test also the user's validation items.</summary>
    TrainAndValidation,
}

/// <summary>Which users are evaluated.</summary>
[JsonConverter(typeof(EnumNameConverter<UserFilter>))]
public enum UserFilter
{
    /// <summary>All that have at least one positive.</summary>
    WithPositives,

    /// <summary>Users with positives that also have a training interaction.</summary>
    WithTraining,
}

/// <summary>How models are evaluated: full ranking over all items.</summary>
public sealed record EvaluationOptions
{
    // One list, so that default options are equal.
    private static readonly IReadOnlyList<RankingMetric> DefaultMetrics =
    [
        RankingMetric.Recall(10), RankingMetric.Recall(20), RankingMetric.Ndcg(10), RankingMetric.Ndcg(20),
        RankingMetric.Precision(20), RankingMetric.Map(20), RankingMetric.Mrr(20), RankingMetric.HitRate(20),
    ];

    /// <summary>The metrics.</summary>
    /// <value>At least one. By default Recall and NDCG at 10 and 20, and Precision, MAP, MRR and HitRate at 20.</value>
    public IReadOnlyList<RankingMetric> Metrics { get; init => field = RankingMetric.RequireCutOffs(Guard.NotEmpty(value)); } =
        DefaultMetrics;

    /// <summary>What the lists are like beside their hits, such as <see cref="ListMetric.Gini"/>.</summary>
    /// <value>None by default. Two of your own that differ need names that differ.</value>
    public IReadOnlyList<ListMetric> ListMetrics
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(ListMetrics));
            if (value.Contains(null!))
                throw new ArgumentException("A list metric is null.", nameof(ListMetrics));
            if (value.Distinct().CountBy(metric => metric.ToString()).FirstOrDefault(name => name.Value > 1).Key is { } twice)
            {
                throw new ArgumentException(
                    $"Expected different names of different metrics; {Shown.Text(twice)} is two.", nameof(ListMetrics));
            }

            field = value;
        }
    } = [];

    /// <summary>Which of a user's items are taken out of the ranking.</summary>
    /// <value>The default is <see cref="CandidateMask.Train"/>.</value>
    public CandidateMask Mask { get; init => field = Guard.Defined(value); } = CandidateMask.Train;

    /// <summary>Which users are evaluated.</summary>
    /// <value>The default is <see cref="UserFilter.WithPositives"/>.</value>
    public UserFilter Users { get; init => field = Guard.Defined(value); } = UserFilter.WithPositives;

    /// <summary>The most threads; results don't depend on it.</summary>
    /// <value>At least 1. The default is the number of processors.</value>
    public int Threads { get; init => field = Guard.Positive(value); } = Environment.ProcessorCount;
}
