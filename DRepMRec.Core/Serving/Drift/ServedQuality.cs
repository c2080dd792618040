using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace DRepMRec.Serving;

/// <summary>How well a recommender answers the users of interactions that it doesn't know, as it would be asked.</summary>
/// <param name="Users">How many users have an item that they didn't have before.</param>
/// <param name="Figures">The mean of each metric over these users; empty without any.</param>
internal sealed record ServedQuality(int Users, IReadOnlyDictionary<RankingMetric, double> Figures)
{
    private const int RequestsAtOnce = 512;

    /// <param name="recommender">The recommender.</param>
    /// <param name="interactions">What users did.</param>
    /// <param name="histories">What users had before, beside what the recommender knows; folded in for unknown users.</param>
    /// <param name="metrics">The metrics.</param>
    /// <param name="cancellationToken">Stops between blocks of users.</param>
    /// <param name="foldsIn">Whether known users who had more than the recommender knows are asked for by their histories.</param>
    public static ServedQuality Measure(
        Recommender recommender, IEnumerable<Interaction> interactions, IReadOnlyDictionary<string, List<string>> histories,
        IReadOnlyList<RankingMetric> metrics, CancellationToken cancellationToken, bool foldsIn = false)
    {
        recommender = recommender.Unmeasured();
        metrics = [.. metrics.Distinct()];
        int count = metrics.Max(m => m.K);
        var positives = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (IGrouping<string, string> user in interactions.GroupBy(i => i.User, i => i.Item, StringComparer.Ordinal))
        {
            HashSet<string> own = [.. user];
            own.ExceptWith(Had(recommender, user.Key));
            own.ExceptWith(histories.GetValueOrDefault(user.Key) ?? []);
            if (own.Count > 0)
                positives[user.Key] = own;
        }

        var sums = metrics.ToDictionary(m => m, _ => 0.0);
        foreach (KeyValuePair<string, HashSet<string>>[] block in positives.Chunk(RequestsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            IReadOnlyList<RecommendationList> lists = recommender.Recommend([.. block.Select(user =>
            {
                List<string> history = histories.GetValueOrDefault(user.Key) ?? [];
                bool hasMore = foldsIn && history.Except(recommender.History(user.Key)).Any();
                return new RecommendationRequest { UserId = hasMore ? null : user.Key, History = history, Count = count };
            })]);
            for (int n = 0; n < block.Length; n++)
            {
                bool[] hits = [.. lists[n].Select(r => block[n].Value.Contains(r.Item))];
                foreach (RankingMetric metric in metrics)
                    sums[metric] += metric.Compute(hits, block[n].Value.Count);
            }
        }

        return new ServedQuality(positives.Count,
            positives.Count == 0 ? new Dictionary<RankingMetric, double>() : sums.ToDictionary(s => s.Key, s => s.Value / positives.Count));
    }

    /// <summary>All that a user had, retired items too.</summary>
    private static string[] Had(Recommender recommender, string userId)
    {
        ServingModel model = recommender.Model;
        string[] had = model.UserIds.TryGetIndex(userId, out int user)
            ? [.. model.Seen(user).ToArray().Select(item => model.ItemIds[item])] : [];
        GC.KeepAlive(recommender);
        return had;
    }
}
