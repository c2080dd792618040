using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace DRepMRec.Tests.Evaluation;

/// <summary>
/// Rankings by a full sort, and each metric by its textbook definition over sets: slow, and written apart from the library.
/// </summary>
internal static class SlowReference
{
    public static int[] Rank(RecDataset data, int user, Func<int, int, float> score, Func<int, bool> candidate)
    {
        int[] places = TiePlaces(data, user);
        IEnumerable<int> candidates = Enumerable.Range(0, data.Items.Count)
            .Where(i => candidate(i) && !float.IsNegativeInfinity(score(user, i)));
        return [.. candidates.OrderByDescending(i => score(user, i)).ThenBy(i => places[i])];
    }

    /// <summary>
    /// Each item's place among equal scores: the items in the order of their keys, turned so that the one at the user's key comes first.
    /// </summary>
    public static int[] TiePlaces(RecDataset data, int user)
    {
        int count = data.Items.Count, first = (int)(Key(data.Users[user]) % (ulong)count);
        int[] order = [.. Enumerable.Range(0, count).OrderBy(i => Key(data.Items[i])).ThenBy(i => data.Items[i], StringComparer.Ordinal)];
        var places = new int[count];
        for (int place = 0; place < count; place++)
            places[order[(place + first) % count]] = place;
        return places;
    }

    /// <summary>FNV-1a of 64 bits over the UTF-16 code units, then the last step of MurmurHash3, by their published constants.</summary>
    public static ulong Key(string id)
    {
        ulong key = id.Aggregate(14695981039346656037UL, (hash, c) => (hash ^ c) * 1099511628211UL);
        key = (key ^ (key >> 33)) * 0xff51afd7ed558ccdUL;
        key = (key ^ (key >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return key ^ (key >> 33);
    }

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
