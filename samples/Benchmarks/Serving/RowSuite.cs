using System.Globalization;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;

namespace Benchmarks.Serving;

/// <summary>
/// Rows of bytes beside rows of single precision: without a dataset the time of requests over random rows, in turn, and the size of the
/// file; with one the lists of a trained model.
/// </summary>
internal static class RowSuite
{
    private const int Count = 20;
    private const int Batch = 480;

    public static void Run(Arguments options, Report report)
    {
        if (options.Data is not null)
            CompareLists(options, report);
        else
            foreach (int items in options.Quick ? [20_000] : new[] { 100_000, 1_000_000 })
            {
                Time(items, 64, report);
                Time(items, 128, report);
            }
    }

    /// <summary>One thread, own rows of bytes, plain rows of single precision.</summary>
    private static void Time(int items, int dimension, Report report)
    {
        Recommender single = Catalogue.Create(items, dimension).Recommender, bytes = single.WithRowPrecision(RowPrecision.Int8);
        string what = string.Create(CultureInfo.InvariantCulture, $"{items:N0} items x {dimension}");
        report.Note($"{what}: files of {Megabytes(single)} and {Megabytes(bytes)} MB; bytes beside single precision as 'plain':");
        int user = 0;
        Timing[] one = Timing.Interleaved(
            items > 500_000 ? 101 : 401, () => single.Recommend($"user{user++ % 1000}", Count),
            () => bytes.Recommend($"user{user++ % 1000}", Count));
        report.Add($"{what}: top {Count} of one user", one[1], one[0]);
        RecommendationRequest[] requests = [.. Enumerable.Range(0, Batch)
            .Select(n => new RecommendationRequest { UserId = $"user{n}", Count = Count })];
        var oneThread = new ParallelOptions { MaxDegreeOfParallelism = 1 };
        Timing[] many = Timing.Interleaved(
            items > 500_000 ? 5 : 15, () => single.Recommend(requests, oneThread), () => bytes.Recommend(requests, oneThread));
        report.Add($"{what}: {Batch} users at once", many[1], many[0]);
    }

    private static void CompareLists(Arguments options, Report report)
    {
        RecDataset data = options.Load();
        report.Note($"{data}");
        using DRepMRecModel model = DRepMRecModel.Create(data);
        TrainingReport training = new Trainer(
            model, data, new TrainerOptions { MaxEpochs = options.Epochs, Threads = options.Threads, KeepFreedMemory = true }).Fit();
        Recommender single = training.BuildRecommender(), bytes = single.WithRowPrecision(RowPrecision.Int8);
        report.Note($"best epoch {training.BestEpoch} of {training.History.Count}; files of {Megabytes(single)} and {Megabytes(bytes)} MB");
        string[] users = [.. single.Users.Where((_, user) => data.Train.ItemsOf(user).Length > 0)];
        Compare("by user", single, bytes, user => new RecommendationRequest { UserId = user, Count = Count }, data.Test.Contains);
        Compare("by history", single, bytes, user => new RecommendationRequest { History = single.History(user), Count = Count },
            data.Test.Contains);
        int[] cold = ColdStart.Items(data);
        if (cold.Length > 0 && single.FeatureDimensions.Count > 0)
        {
            Compare($"{cold.Length} items put back by their features alone, test rows of these", ColdStart.Renew(single, data, cold),
                ColdStart.Renew(bytes, data, cold), user => new RecommendationRequest { UserId = user, Count = Count },
                (user, item) => data.Test.Contains(user, item) && Array.BinarySearch(cold, item) >= 0);
        }

        void Compare(string by, Recommender before, Recommender after, Func<string, RecommendationRequest> request,
            Func<int, int, bool> isPositive)
        {
            RecommendationRequest[] requests = [.. users.Select(request)];
            int[][] first = Lists(before, requests, data), second = Lists(after, requests, data);
            double overlap = first.Zip(second, (a, b) => a.Intersect(b).Count() / (double)Count).Average();
            report.Note(string.Create(CultureInfo.InvariantCulture, $"{by}: of the top {Count} {overlap:P2} are the same"));
            Note("Recall", Recall, first, second, isPositive);
            Note("NDCG", Ndcg, first, second, isPositive);
        }

        void Note(string metric, Func<int[], int[], double> figure, int[][] before, int[][] after, Func<int, int, bool> isPositive)
        {
            var tested = users.Select((id, place) => (User: data.Users.IndexOf(id), Place: place))
                .Select(u => (Positives: data.Test.ItemsOf(u.User).ToArray().Where(i => isPositive(u.User, i)).ToArray(), u.Place))
                .Where(user => user.Positives.Length > 0).ToArray();
            double[] Of(int[][] lists) => [.. tested.Select(user => figure(lists[user.Place], user.Positives))];
            double[] first = Of(before), second = Of(after);
            double mean = first.Average();
            PairedComparison paired = SignificanceTest.PairedT(second, first);
            report.Note(string.Create(CultureInfo.InvariantCulture, $"  test {metric}@{Count}: {mean:F5} single, "
                + $"{second.Average():F5} bytes; {paired.MeanDifference / mean:P2} ± {paired.StandardError / mean:P2}"));
        }
    }

    private static int[][] Lists(Recommender recommender, RecommendationRequest[] requests, RecDataset data)
        => [.. recommender.Recommend(requests).Select(list => list.Select(r => data.Items.IndexOf(r.Item)).ToArray())];

    private static double Recall(int[] list, int[] positives) => list.Count(positives.Contains) / (double)positives.Length;

    private static double Ndcg(int[] list, int[] positives)
        => list.Select((item, place) => positives.Contains(item) ? 1 / Math.Log2(place + 2) : 0).Sum()
            / Enumerable.Range(0, Math.Min(Count, positives.Length)).Sum(place => 1 / Math.Log2(place + 2));

    private static string Megabytes(Recommender recommender)
    {
        string path = Path.Combine(Path.GetTempPath(), $"drepmrec-{Guid.NewGuid():N}");
        try
        {
            recommender.Save(path);
            return (new FileInfo(path).Length / 1e6).ToString("F1", CultureInfo.InvariantCulture);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
