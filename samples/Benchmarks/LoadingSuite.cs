using System.Diagnostics;
using System.Globalization;
using DRepMRec.Data;

namespace Benchmarks;

/// <summary>A shop's orders as CSV, with dates and repeats, which are merged: seconds, and bytes a row at the peak.</summary>
internal static class LoadingSuite
{
    private const int RowsPerUser = 10;
    private const int RowsPerItem = 50;

    public static void Run(Arguments options, Report report, CancellationToken cancellation)
    {
        foreach (int rows in options.Quick ? [100_000] : new[] { 5_000_000, 20_000_000 })
        {
            cancellation.ThrowIfCancellationRequested();
            string file = Path.GetTempFileName();
            try
            {
                Write(file, rows);
                Load(file, rows, report);
            }
            finally
            {
                File.Delete(file);
            }
        }
    }

    private static void Load(string file, int rows, Report report)
    {
        var layout = new DelimitedOptions { User = "customer", Item = "product", Timestamp = "bought_at", Weight = "quantity" };
        RecDataset? data = null;
        Timing timing = Timing.Once(() => data = RecDataset.LoadDelimited(file, layout));
        string described = $"{data}; {data!.Report!.RowsMerged.ToString("N0", CultureInfo.InvariantCulture)} rows merged";

        // Once more to look at memory, which takes time by itself.
        data = null;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        long before = Held(), peak = before;
        using (new Timer(_ => peak = Math.Max(peak, Held()), null, 0, 20))
            data = RecDataset.LoadDelimited(file, layout);
        report.Add(string.Create(CultureInfo.InvariantCulture, $"CSV of {rows:N0} rows: dates, repeats, weights, random split"), timing);
        report.Note(string.Create(CultureInfo.InvariantCulture, $"{described}, "
            + $"{timing.Median * 1e6 / rows:F0} ns and at the peak {(peak - before) / (double)rows:F0} bytes a row, "
            + $"the file has {new FileInfo(file).Length / (double)rows:F0}"));
    }

    private static long Held()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PrivateMemorySize64;
    }

    // Popular items and busy customers, as squares of uniform numbers; one row in about ten is a repeat.
    private static void Write(string file, int rows)
    {
        var random = new Random(1);
        using var writer = new StreamWriter(file);
        writer.Write("order,customer,product,quantity,bought_at\n");
        int users = Math.Max(1, rows / RowsPerUser), items = Math.Max(1, rows / RowsPerItem);
        DateTime first = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (int row = 0; row < rows; row++)
        {
            double user = random.NextDouble(), item = random.NextDouble();
            bool repeats = random.Next(10) == 0;
            int customer = repeats ? random.Next(100) : (int)(user * user * users), product = (int)(item * item * item * items);
            writer.Write(string.Create(CultureInfo.InvariantCulture,
                $"{row},c{customer},p{product},{1 + random.Next(3)},{first.AddSeconds(30L * row):yyyy-MM-ddTHH:mm:ssZ}\n"));
        }
    }
}
