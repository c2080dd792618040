using DRepMRec;
using DRepMRec.Evaluation;
using DRepMRec.Training;
using ReproduceResults.Plots;
using ScottPlot;

namespace FollowTheLog;

/// <summary>What each policy would have given: two tables and a picture.</summary>
internal static class Schedule
{
    private static readonly RankingMetric Shown = RankingMetric.Recall(20);

    public static IReadOnlyList<UpdatePolicy> Policies { get; } =
    [
        UpdatePolicy.Never, UpdatePolicy.FoldIn, UpdatePolicy.Refresh,
        UpdatePolicy.WarmStartEvery(2, refreshes: true), UpdatePolicy.TrainEveryFromNothing(2, refreshes: true),
    ];

    public static void Compare(Log log, TimeTravelOptions options, string folder, CancellationToken cancellation)
    {
        TimeTravelReport report = new TimeTravel(log.Rows, log.Features).Run(options, new Progress(), cancellation);
        string page = Path.Combine(folder, "schedule.md"), picture = Path.Combine(folder, "schedule.png");
        File.WriteAllText(page, report.ToMarkdown());
        File.WriteAllText(Path.Combine(folder, "schedule.json"), DRepMRecJson.Write(report));
        Draw(report, options, picture);
        Console.WriteLine(report.ToMarkdown());
        Console.WriteLine($"{page} and {picture}");
    }

    private static void Draw(TimeTravelReport report, TimeTravelOptions options, string file)
    {
        Plot plot = Picture.New("Policies over time", "window", $"{Shown} of the next window");
        foreach (var (n, policy) in options.Policies.Index())
        {
            TimeTravelWindow[] windows = [.. report.Of(policy.Name).Where(w => w.Users > 0)];
            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(
                windows.Select(w => (double)w.Window).ToArray(), windows.Select(w => w.Figures[Shown]).ToArray());
            line.LegendText = policy.Name;
            line.Color = Picture.Colors[n % Picture.Colors.Length];
            line.LineWidth = 2;
        }

        plot.LegendAt(Edge.Right);
        plot.SavePng(file, 1000, 550);
    }

    private sealed class Progress : IProgress<TimeTravelWindow>
    {
        public void Report(TimeTravelWindow window)
            => Console.WriteLine($"{window.Policy}, window {window.Window}: {window.Users} users");
    }
}
