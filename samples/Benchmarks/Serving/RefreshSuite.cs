using System.Diagnostics;
using System.Globalization;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Serving;
using TorchSharp;

namespace Benchmarks.Serving;

/// <summary>New interactions in a large model: calls of one, a hundred and a thousand, each on what the last one gave.</summary>
internal static class RefreshSuite
{
    private const int Calls = 15;

    public static void Run(bool quick)
    {
        var (users, items, interactions) = quick ? (5_000, 2_000, 60_000) : (250_000, 50_000, 4_000_000);
        RecDataset data = LargeGraph.Create(users, items, interactions);
        float[] features = LargeGraph.Features(items, 32);
        RecDataset withFeatures = new(
            data.Name, data.Users, data.Items, data.Splits, [new ItemFeatures(Modality.Image, items, 32, features)]);
        foreach (var (name, options, set) in new[]
        {
            ("LightGCN", DRepMRecOptions.LightGcn, data), ("LightGCN, modal line and BMA", new DRepMRecOptions(), withFeatures),
        })
        {
            Recommender recommender = Create(set, options);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {users:N0} users, {items:N0} items, "
                + $"{interactions:N0} interactions, 64 dimensions, {Environment.ProcessorCount} threads, {recommender.RefreshKind}"));
            Time("the tables, once", 1, () => recommender = recommender.WithInteractions([]));
            var random = new Random(1);
            foreach (int count in new[] { 1, 100, 1000 })
            {
                Time($"{count} interactions", Calls, () => recommender = recommender.WithInteractions(Draw(random, set, count)));
            }

            RecommendationRequest[] requests = [.. recommender.Users.Take(1000).Select(u => new RecommendationRequest { UserId = u })];
            Time("1000 requests thereafter, one after the other", 5, () =>
            {
                foreach (RecommendationRequest request in requests)
                    recommender.Recommend(request);
            });
        }
    }

    /// <summary>Interactions as new ones come: popular items and busy users more often, one in fifty of them new.</summary>
    private static Interaction[] Draw(Random random, RecDataset data, int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        int user = (int)(data.Users.Count * Math.Pow(random.NextDouble(), 1.6)),
            item = (int)(data.Items.Count * Math.Pow(random.NextDouble(), 2.2));
        string Known(string id) => random.Next(50) == 0 ? $"new{random.Next()}" : id;
        return new Interaction(Known(data.Users[user]), Known(data.Items[item]));
    })];

    private static Recommender Create(RecDataset data, DRepMRecOptions options)
    {
        using DRepMRecModel model = DRepMRecModel.Create(data, options);

        // Weights without a training: what they are doesn't matter to the time.
        using (torch.no_grad())
        {
            foreach (TorchSharp.Modules.Parameter weights in model.parameters())
                weights.mul_(2);
        }

        return model.BuildRecommender(data, new RecommenderOptions { IncludeRefresh = true });
    }

    private static void Time(string what, int calls, Action call)
    {
        var times = new List<double>();
        TimeSpan paused = GC.GetTotalPauseDuration(), processor = Environment.CpuUsage.TotalTime;
        for (int n = 0; n < calls; n++)
        {
            long start = Stopwatch.GetTimestamp();
            call();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {what,-46} median {times[times.Count / 2],9:F1} ms, fastest {times[0],9:F1} ms, slowest {times[^1],9:F1} ms, "
            + $"a call {(Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / calls:F1} ms of processor time, "
            + $"{(GC.GetTotalPauseDuration() - paused).TotalMilliseconds / calls:F1} ms in collections"));
    }
}
