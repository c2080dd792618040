using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DRepMRec.Evaluation;
using DRepMRec.Serving;
using Spectre.Console;

namespace Benchmarks.Serving;

/// <summary>
/// Recommendations: one user on one thread against memory bandwidth and the plain loop, batches against the evaluator's matrix product, and
/// start-up.
/// </summary>
internal static class ServingSuite
{
    private const int Count = 20;

    public static void Run()
    {
        Table table = new Table().Border(TableBorder.Rounded).Title("Serving, 64 dimensions").AddColumn("What");
        foreach (string column in new[] { "median ms", "fastest ms", "GB/s", "of bandwidth", "GFLOP/s", "beside" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (int items in new[] { 100_000, 1_000_000 })
            Measure(table, items);
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 140);
        AnsiConsole.Write(table);
    }

    /// <summary>
    /// Writes a random model of 100,000 items, with users user0 to user999 and one modality, for a load test of
    /// samples/ServeRecommendations.
    /// </summary>
    public static void WriteModel()
    {
        string path = Path.Combine(Path.GetTempPath(), "drepmrec-100000.drepmrec");
        Catalogue.CreateWithContent(100_000).Save(path);
        Console.WriteLine(path);
    }

    private static void Measure(Table table, int items)
    {
        var (recommender, users, rows) = Catalogue.Create(items);
        double bytes = items * 64.0 * sizeof(float);
        int calls = items > 500_000 ? 61 : 201;
        string Id(int n) => $"user{n % 1000}";
        Times read = Clock.Measure(calls, _ => ReadAll(rows));
        Times one = Clock.Measure(calls, n => recommender.Recommend(Id(n), Count));
        Times plain = Clock.Measure(
            calls / 10, n => PlainLoop.Top(rows, users.AsSpan(n % 1000 * Catalogue.Dimension, Catalogue.Dimension), Count));
        string size = items.ToString("N0", CultureInfo.InvariantCulture);
        Row(table, $"{size} items: read all, one thread", read, bytes, null, null, "");
        Row(table, $"{size} items: top-{Count} of one user", one, bytes, read, null, "");
        Row(table, $"{size} items: the plain loop", plain, bytes, read, null, Ratio(plain, one));

        const int Batch = 480;
        RecommendationRequest[] requests = [.. Enumerable.Range(0, Batch)
            .Select(n => new RecommendationRequest { UserId = Id(n), Count = Count })];
        double flops = 2.0 * items * 64 * Batch;
        int threads = Environment.ProcessorCount, batches = items > 500_000 ? 3 : 15;
        var oneThread = new ParallelOptions { MaxDegreeOfParallelism = 1 };
        Times batch = Clock.Measure(batches, _ => recommender.Recommend(requests, oneThread));
        Times product = Product(users, rows, Batch, batches);
        Times parallel = Clock.Measure(batches, _ => recommender.Recommend(requests));
        Row(table, $"{size} items: {Batch} users at once, one thread", batch, null, null, flops,
            $"{Ratio(one.Scaled(Batch), batch)} one by one");
        Row(table, $"{size} items: the evaluator's product, without ranking", product, null, null, flops, "");
        Row(table, $"{size} items: {Batch} users at once, {threads} threads", parallel, null, null, flops,
            $"{Ratio(batch, parallel)} one thread");
        StartUp(table, recommender, size);
    }

    /// <summary>
    /// The evaluator's matrix product over the same rows, in blocks of 48 users and 8,192 items so that its output stays in the cache.
    /// </summary>
    private static Times Product(float[] users, float[] items, int count, int calls)
    {
        const int Rows = 8192, Block = 48, Length = Rows * Catalogue.Dimension;
        int parts = items.Length / Length;
        EmbeddingScorer[] scorers = [.. Enumerable.Range(0, parts)
            .Select(p => new EmbeddingScorer(users, items.AsSpan(p * Length, Length), Catalogue.Dimension))];
        int[] block = [.. Enumerable.Range(0, Block)];
        var scores = new float[Block * Rows];
        Times times = Clock.Measure(calls, _ =>
        {
            for (int first = 0; first < count; first += Block)
            {
                foreach (EmbeddingScorer scorer in scorers)
                    scorer.Score(block, scores);
            }
        });
        return times.Scaled(items.Length / (parts * (double)Length));
    }

    private static void StartUp(Table table, Recommender recommender, string size)
    {
        string path = Path.Combine(Path.GetTempPath(), $"drepmrec-{Guid.NewGuid():N}");
        try
        {
            recommender.Save(path);
            Times load = Clock.Measure(11, _ => Recommender.Load(path));
            Times first = Clock.Measure(5, n => Recommender.Load(path).Recommend($"user{n}", Count));
            Times verified = Clock.Measure(3, _ => Recommender.Load(path, new RecommenderLoadOptions { Verify = true }));
            Row(table, $"{size} items: load, mapped", load, null, null, null, $"{new FileInfo(path).Length / 1e6:F0} MB");
            Row(table, $"{size} items: load and first answer", first, null, null, null, "");
            Row(table, $"{size} items: load and verify everything", verified, null, null, null, "");
        }
        finally
        {
            if (!OperatingSystem.IsWindows()) // It doesn't delete a file that is mapped.
                File.Delete(path);
        }
    }

    /// <summary>The rate at which memory gives bytes to one thread that only reads.</summary>
    private static float ReadAll(float[] rows)
    {
        ReadOnlySpan<Vector512<float>> vectors = MemoryMarshal.Cast<float, Vector512<float>>(rows);
        Vector512<float> a = default, b = default, c = default, d = default;
        for (int n = 0; n + 4 <= vectors.Length; n += 4)
        {
            a += vectors[n];
            b += vectors[n + 1];
            c += vectors[n + 2];
            d += vectors[n + 3];
        }

        float sum = Vector512.Sum(a + b + (c + d));
        Debug.Assert(!float.IsNaN(sum));
        return sum;
    }

    private static string Ratio(Times slow, Times fast) => $"{slow.Fastest / fast.Fastest:F1} x";

    /// <summary>Rates and ratios are those of the fastest calls.</summary>
    private static void Row(Table table, string what, Times times, double? bytes, Times? bound, double? flops, string beside)
    {
        string Rate(double? amount, string format)
            => amount is null ? "" : (amount.Value / times.Fastest / 1e6).ToString(format, CultureInfo.InvariantCulture);
        string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
        table.AddRow(
            Markup.Escape(what), Number(times.Median), Number(times.Fastest), Rate(bytes, "F1"),
            bound is null ? "" : $"{bound.Value.Fastest / times.Fastest:P0}", Rate(flops, "F0"), beside);
    }
}
