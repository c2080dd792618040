using DRepMRec.Collectives;
using DRepMRec.Serving;

namespace TrainOnManyMachines;

/// <summary>The top 20 of all users: each process writes the part of its range of users.</summary>
internal static class Lists
{
    public static async Task WriteAsync(string model, string folder, int? part, int? parts, int threads, CancellationToken stop)
    {
        // A part that was lost is made again alone, without the others.
        using ICollective? collective = part is null ? MpiCollective.Start() : null;
        int number = part ?? collective!.Rank, of = parts ?? collective?.Size ?? 1;
        var recommender = Recommender.Load(model);
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, $"top20-{number}-of-{of}.csv");
        var options = new RecommendAllOptions { Part = number, Parts = of, Threads = threads };
        ExportSummary written = await recommender.RecommendAllAsync(options, cancellationToken: stop).WriteCsvAsync(file, stop);
        Console.WriteLine($"{file}: {written.Users} users");
    }
}
