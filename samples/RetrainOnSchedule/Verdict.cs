using DRepMRec.Data;
using DRepMRec.Serving;

namespace RetrainOnSchedule;

/// <summary>Whether a model is published, and why.</summary>
internal sealed record Verdict(bool Publishes, string Reason)
{
    private const int Count = 20;

    /// <summary>The share by which a model may be worse than what is served: figures vary with what is held out.</summary>
    private const double Tolerance = 0.05;

    /// <summary>
    /// Compares two models, as they would be asked in production, on the newest interactions, which neither has seen. Where there are none,
    /// because all are repeats, what is served stays: the other one isn't known to be as good.
    /// </summary>
    public static Verdict Of(Recommender? served, Recommender candidate, RecDataset data)
    {
        if (data.Test.Count == 0)
            return new Verdict(served is null, "nothing new to compare on");
        double next = Recall(candidate, data);
        if (served is null)
            return new Verdict(true, $"there is none to compare with yet; Recall@{Count} is {next:F4}");
        double now = Recall(served, data);
        return new Verdict(
            next >= now * (1 - Tolerance),
            $"on the newest {data.Test.Count} interactions Recall@{Count} is {next:F4}; that of the model that is served is {now:F4}, of "
                + $"which {1 - Tolerance:P0} are enough");
    }

    private static double Recall(Recommender recommender, RecDataset data)
    {
        int[] users = [.. Enumerable.Range(0, data.Users.Count).Where(u => data.Test.ItemsOf(u).Length > 0)];
        IReadOnlyList<RecommendationList> lists = recommender.Recommend([.. users.Select(u => new RecommendationRequest
        {
            UserId = data.Users[u],
            History = [.. data.Train.ItemsOf(u).ToArray().Concat(data.Validation.ItemsOf(u).ToArray()).Select(i => data.Items[i])],
            Count = Count,
        })]);
        return users.Zip(lists, (user, list) =>
        {
            HashSet<string> chosen = [.. data.Test.ItemsOf(user).ToArray().Select(i => data.Items[i])];
            return list.Count(r => chosen.Contains(r.Item)) / (double)chosen.Count;
        }).Average();
    }
}
