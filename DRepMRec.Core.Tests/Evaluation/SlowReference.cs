using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace DRepMRec.Tests.Evaluation;

/// <summary>Rankings by a full sort, and each metric by its textbook definition over sets: slow, and written apart from the library.</summary>
internal static class SlowReference
{
    public static int[] Rank(RecDataset data, int user, Func<int, int, float> score, Func<int, bool> candidate)
        => [.. Enumerable.Range(0, data.Items.Count).Where(i => candidate(i) && !float.IsNegativeInfinity(score(user, i))).OrderByDescending(i => score(user, i)).ThenBy(i => i)];

    public static double Compute(RankingMetric metric, int[] ranking, ISet<int> positives)
    {
        int[] top = [.. ranking.Take(metric.K)];
        int[] hitRanks = [.. Enumerable.Range(1, top.Length).Where(r => positives.Contains(top[r - 1]))];
        return metric.Kind switch
        {
            RankingMetricKind.Recall => hitRanks.Length / (double)positives.Count,
            RankingMetricKind.Precision => hitRanks.Length / (double)metric.K,
            RankingMetricKind.HitRate => hitRanks.Length == 0 ? 0 : 1,
            RankingMetricKind.Mrr => hitRanks.Length == 0 ? 0 : 1.0 / hitRanks[0],
            RankingMetricKind.Map => hitRanks.Sum(r => hitRanks.Count(h => h <= r) / (double)r) / Math.Min(metric.K, positives.Count),
            _ => hitRanks.Sum(Gain) / Enumerable.Range(1, Math.Min(metric.K, positives.Count)).Sum(Gain),
        };
    }

    private static double Gain(int rank) => Math.Log(2) / Math.Log(rank + 1);
}
