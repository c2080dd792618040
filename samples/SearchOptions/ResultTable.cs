using System.Globalization;
using Spectre.Console;

namespace SearchOptions;

internal static class ResultTable
{
    private const int Most = 20;

    public static void Show(IReadOnlyList<Candidate> ranked, SearchSpace space)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 160;
        Table table = new Table().Border(TableBorder.Rounded)
            .Title($"Validation, the best {Math.Min(Most, ranked.Count)} of {ranked.Count}");
        foreach (string path in space.Searched)
            table.AddColumn(path);
        table.AddColumn(new TableColumn(Setting.Metric.ToString()).RightAligned()).AddColumn(new TableColumn("cold").RightAligned())
            .AddColumn(new TableColumn("epoch").RightAligned()).AddColumn(new TableColumn("s").RightAligned());
        foreach (Candidate candidate in ranked.Take(Most))
        {
            table.AddRow([.. space.Searched.Select(p => Markup.Escape(candidate.Setting.Value(p))),
                Invariant($"{candidate.Mean:F4} ± {candidate.Deviation:F4}"),
                Invariant($"{candidate.Trials.Average(t => t.ValidCold ?? 0):F4}"),
                Invariant($"{candidate.Trials.Average(t => t.BestEpoch):F0}"),
                Invariant($"{candidate.Trials.Average(t => t.Seconds):F0}")]);
        }

        AnsiConsole.Write(table);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
