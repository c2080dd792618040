using DRepMRec.Evaluation;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Options of a drift report.</summary>
public sealed record DriftOptions
{
    /// <summary>The metrics of the answers to the users of the newest interactions.</summary>
    /// <value>At least one. The default is Recall@20 and NDCG@20.</value>
    public IReadOnlyList<RankingMetric> Metrics { get; init => field = RankingMetric.RequireCutOffs(Guard.NotEmpty(value)); } =
        [RankingMetric.Recall(20), RankingMetric.Ndcg(20)];

    /// <summary>The most interactions on each side that the content is compared by; the time grows with its square.</summary>
    /// <value>2 to 100,000. The default is 1000.</value>
    public int ContentSample { get; init => field = Guard.InRange(value, 2, 100_000); } = 1000;

    /// <summary>The seed of the sample.</summary>
    /// <value>The default is 2024.</value>
    public int Seed { get; init; } = 2024;
}
