using System.Diagnostics;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.ItemToItem;
using DRepMRec.Serving;

namespace Benchmarks.Serving;

/// <summary>
/// What the item-to-item part costs at a large catalogue: solving it, and requests that use it and popularity, beside those that don't; or,
/// with a dataset, what solving for its part takes.
/// </summary>
internal static class ItemToItemSuite
{
    private const int UserCount = 15_000;
    private const int HistoryLength = 40;
    private const int Validated = 100;
    private const int Count = 20;
    private const int Calls = 201;

    public static void Run(Arguments options, Report report)
    {
        if (options.Data is not null)
        {
            Solve(options.Load(), report);
            return;
        }

        int items = options.Quick ? 10_000 : 100_000;
        RecDataset data = Data(items);
        float[] users = Catalogue.Numbers(UserCount * Catalogue.Dimension, new Random(1));
        float[] rows = Catalogue.Numbers(items * Catalogue.Dimension, new Random(2));
        var blended = new ItemToItemOptions { BlendWeights = [0.2], PopularityWeights = [0.3] };
        var clock = Stopwatch.StartNew();
        ItemToItemModel part = ItemToItemModel.Solve(data, blended);
        report.Add($"{items} items, {data.Train.Count} interactions: solve", new Timing([clock.Elapsed.TotalMilliseconds]));
        ItemToItemBlend blend = ItemToItemBlend.Choose(new EmbeddingScorer(users, rows, Catalogue.Dimension), part, data, blended);
        Recommender alone = Recommender.FromEmbeddings(data.Users.Ids, users, data.Items.Ids, rows, data.Train);
        Recommender together = alone.WithItemToItem(blend);
        report.Note($"  {part.Weights.Values.Length / items} weights kept for each item, {HistoryLength} items for each user");
        Measure(report, $"{items} items: top-{Count} of one user, rows alone", alone, data);
        Measure(report, $"{items} items: top-{Count} of one user, with the part", together, data);
        var basket = new RecommendationRequest { History = [.. data.Items.Ids.Take(5)], Count = Count };
        Measure(report, $"{items} items: top-{Count} of a history of 5, with the part", _ => together.Recommend(basket));
    }

    /// <summary>The part of a dataset, by the defaults; the process has nothing else to hold.</summary>
    private static void Solve(RecDataset data, Report report)
    {
        var clock = Stopwatch.StartNew();
        ItemToItemModel part = ItemToItemModel.Solve(data);
        report.Add($"{data}: solve", new Timing([clock.Elapsed.TotalMilliseconds]));
        string way = part.IsExact ? "the inverse" : "regressions";
        report.Note($"  {way}, {part.Weights.NonZeroCount / part.ItemCount} weights kept for each item");
    }

    private static void Measure(Report report, string what, Recommender recommender, RecDataset data)
        => Measure(report, what, n => recommender.Recommend(data.Users.Ids[n % UserCount], Count));

    private static void Measure(Report report, string what, Action<int> call)
    {
        Times times = Clock.Measure(Calls, call);
        report.Add(what, new Timing([times.Fastest, times.Median, times.Median]));
    }

    /// <summary>Every item goes together with more than 200 others.</summary>
    private static RecDataset Data(int items)
    {
        var random = new Random(3);
        var train = new InteractionSet(UserCount, items, [.. Enumerable.Range(0, UserCount).SelectMany(user
            => Enumerable.Range(0, HistoryLength).Select(n => (user, random.Next(items))).Distinct())]);
        InteractionSet Few() => new(UserCount, items, [.. Enumerable.Range(0, Validated).Select(user => (user, random.Next(items)))]);
        var splits = new InteractionSplits(train, Few(), Few());
        return new RecDataset("random", new IdMap(Catalogue.Ids("user", UserCount)), new IdMap(Catalogue.Ids("item", items)), splits, []);
    }
}
