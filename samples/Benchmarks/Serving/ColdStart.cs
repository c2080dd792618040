using System.Globalization;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;

namespace Benchmarks.Serving;

/// <summary>
/// How serving does with users and items that training didn't see: users folded in by their histories, and items encoded by their features
/// alone, with nothing of libtorch.
/// </summary>
internal static class ColdStart
{
    private const int Count = 20;

    public static void Run(string? folder, int epochs)
    {
        RecDataset data = folder is null ? SyntheticDataset.Create().Data : RecDataset.Load(folder);
        Console.WriteLine(data);
        var training = new TrainerOptions { MaxEpochs = epochs, KeepFreedMemory = true };
        using DRepMRecModel model = DRepMRecModel.Create(data);
        using DRepMRecModel contentFree = DRepMRecModel.Create(data, new DRepMRecOptions { UseModalLine = false });
        TrainingReport report = new Trainer(model, data, training).Fit();
        Recommender recommender = report.BuildRecommender();
        Console.WriteLine($"best epoch {report.BestEpoch} of {report.History.Count}, test Recall@20 "
            + $"{Text(report.EvaluateTest()[RankingMetric.Recall(Count)])}");
        FoldIn(recommender, data);

        int[] degrees = data.Train.ItemDegrees();
        Recommender renewed = Renew(recommender, data, Items(data));
        EvaluationResult free = new Trainer(contentFree, data, training).Fit().EvaluateTest();
        Console.WriteLine($"cold test rows, Recall@20: items by their features {Text(ColdRecall(renewed, data, degrees))}, "
            + $"as trained {Text(ColdRecall(recommender, data, degrees))}, "
            + $"without content {(free.ColdItems is { } c ? Text(c[RankingMetric.Recall(Count)]) : "-")}, "
            + $"random {Text((double)Count / data.Items.Count)}");
    }

    /// <summary>The items without a training interaction that have features, ascending.</summary>
    public static int[] Items(RecDataset data)
    {
        int[] degrees = data.Train.ItemDegrees();
        return [.. Enumerable.Range(0, degrees.Length).Where(i => degrees[i] == 0 && data.Features.Any(f => f.Present[i]))];
    }

    /// <summary>Retires items and puts them back by their features alone.</summary>
    public static Recommender Renew(Recommender recommender, RecDataset data, int[] items)
        => recommender.WithoutItems([.. items.Select(i => data.Items[i])])
            .WithItems([.. items.Select(i => new ItemContent(data.Items[i], FeaturesOf(data, i)))]);

    private static Dictionary<Modality, ReadOnlyMemory<float>> FeaturesOf(RecDataset data, int item)
        => data.Features.Where(f => f.Present[item]).ToDictionary(f => f.Modality, f => (ReadOnlyMemory<float>)f[item].ToArray());

    private static void FoldIn(Recommender recommender, RecDataset data)
    {
        string[] users = [.. Enumerable.Range(0, data.Users.Count).Where(u => data.Train.ItemsOf(u).Length > 0).Select(u => data.Users[u])];
        IReadOnlyList<RecommendationList> known = recommender.Recommend(
            [.. users.Select(u => new RecommendationRequest { UserId = u, Count = Count })]);
        IReadOnlyList<RecommendationList> folded = recommender.Recommend(
            [.. users.Select(u => new RecommendationRequest { History = recommender.History(u), Count = Count })]);
        double overlap = known.Zip(folded, (k, f) => k.Select(r => r.Item).Intersect(f.Select(r => r.Item)).Count() / (double)Count)
            .Average();
        Console.WriteLine($"fold-in: {Text(overlap)} of the top {Count} of {users.Length} known users is in that of their folded-in "
            + $"histories; test Recall@20 {Text(Recall(known, users, data))} by user, {Text(Recall(folded, users, data))} by history");
    }

    private static double Recall(IReadOnlyList<RecommendationList> lists, string[] users, RecDataset data)
    {
        double RecallOf(int user, RecommendationList list)
            => list.Count(r => data.Test.Contains(user, data.Items.IndexOf(r.Item))) / (double)data.Test.ItemsOf(user).Length;
        return users.Select((id, n) => (User: data.Users.IndexOf(id), List: lists[n]))
            .Where(p => data.Test.ItemsOf(p.User).Length > 0).Average(p => RecallOf(p.User, p.List));
    }

    private static double ColdRecall(Recommender recommender, RecDataset data, int[] degrees)
    {
        int ColdPositives(int user) => data.Test.ItemsOf(user).ToArray().Count(i => degrees[i] == 0);
        int[] users = [.. Enumerable.Range(0, data.Users.Count).Where(u => ColdPositives(u) > 0)];
        IReadOnlyList<RecommendationList> lists = recommender.Recommend(
            [.. users.Select(u => new RecommendationRequest { UserId = data.Users[u], Count = Count })]);
        int ColdHits(int user, RecommendationList list)
            => list.Count(r => data.Items.IndexOf(r.Item) is var i && degrees[i] == 0 && data.Test.Contains(user, i));
        return users.Select((u, n) => ColdHits(u, lists[n]) / (double)ColdPositives(u)).Average();
    }

    private static string Text(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
