using System.Diagnostics;
using System.Globalization;
using DRepMRec.Data;
using DRepMRec.Serving;

namespace Benchmarks.Serving;

/// <summary>The top 20 of all users of a large random model: ranked in one batch, one after the other, and written to files.</summary>
internal static class ExportSuite
{
    private const int Count = 20;
    private const int HistoryLength = 20;

    public static void Run(bool quick, CancellationToken cancellation)
    {
        var (users, items) = quick ? (5_000, 2_000) : (250_000, 50_000);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"top {Count} of {users:N0} users over {items:N0} items, {Catalogue.Dimension} dimensions, "
            + $"{Environment.ProcessorCount} threads"));
        string folder = Directory.CreateTempSubdirectory("drepmrec-export").FullName;
        try
        {
            string model = Path.Combine(folder, "model.drepmrec");
            Create(users, items).Save(model);

            // Windows doesn't delete a file that is mapped.
            Recommender recommender = Recommender.Load(model, new RecommenderLoadOptions { MemoryMap = !OperatingSystem.IsWindows() });
            RecommendationRequest[] batch = [.. recommender.Users.Take(users / 10)
                .Select(user => new RecommendationRequest { UserId = user, Count = Count })];
            for (int round = 0; round < 2; round++)
            {
                Measure("a tenth of the users, one batch", null, () => Task.FromResult(recommender.Recommend(batch).Count));
                Measure("all users, ranked and passed over", null, () => recommender.RecommendAllAsync(cancellationToken: cancellation)
                    .CountAsync(cancellation).AsTask());
                Measure("to Parquet", Path.Combine(folder, "top.parquet"), () => recommender.RecommendAllAsync()
                    .WriteParquetAsync(Path.Combine(folder, "top.parquet"), cancellation));
                Measure("to CSV", Path.Combine(folder, "top.csv"), () => recommender.RecommendAllAsync()
                    .WriteCsvAsync(Path.Combine(folder, "top.csv"), cancellation));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure<T>(string what, string? file, Func<Task<T>> run)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        string unit = ForgetPeak() ? "peak" : "peak since the start";
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        run().GetAwaiter().GetResult();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        processor = Environment.CpuUsage.TotalTime - processor;
        using Process self = Process.GetCurrentProcess();
        string size = file is null ? "" : $", {new FileInfo(file).Length / 1e6:F0} MB";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-36} {seconds,8:F2} s {processor.TotalSeconds,8:F2} s processor, {unit} {self.PeakWorkingSet64 / 1e6:F0} MB{size}"));
    }

    /// <summary>Lets the system count the peak anew, where it can.</summary>
    private static bool ForgetPeak()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static Recommender Create(int users, int items)
    {
        var random = new Random(1);
        int Item(int user, int n) => (int)(((user * 7919L) + (n * 104729L)) % items);
        var seen = new InteractionSet(users, items, [.. Enumerable.Range(0, users)
            .SelectMany(user => Enumerable.Range(0, HistoryLength).Select(n => (user, Item(user, n))).Distinct())]);
        return Recommender.FromEmbeddings(
            Catalogue.Ids("user", users), Catalogue.Numbers(users * Catalogue.Dimension, random),
            Catalogue.Ids("item", items), Catalogue.Numbers(items * Catalogue.Dimension, random), seen);
    }
}
