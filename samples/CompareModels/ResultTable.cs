using System.Globalization;
using System.Text;
using DRepMRec.Evaluation;
using Spectre.Console;

namespace CompareModels;

/// <summary>The comparison as a table, on the console and in Markdown.</summary>
internal static class ResultTable
{
    private static readonly string[] Headers =
    [
        "Model", .. Comparison.Metrics.Select(m => m.ToString()), $"{TrialFigures.Metric} gain", "against", "p",
    ];

    public static void Show(IReadOnlyList<Comparison> lines)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 160;
        Table table = new Table().Border(TableBorder.Rounded).Title("Test figures, full ranking");
        foreach (string header in Headers)
            table.AddColumn(header is "Model" or "against" ? new TableColumn(header).NoWrap() : new TableColumn(header).RightAligned());
        foreach (Comparison line in lines)
            table.AddRow([.. Cells(line).Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }

    public static string Markdown(IReadOnlyList<Comparison> lines, CommandLine options, IReadOnlyList<string> notes)
    {
        TrialFigures first = lines[0].Trials[0];
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{first.Dataset} (split {first.SplitChecksum}), loss {options.Loss}, seeds "
            + $"{string.Join(", ", options.Seeds)}, at most {options.Epochs} epochs. "
            + $"Test figures of the best validation epoch, mean ± standard deviation over seeds; p: paired t-test over users on "
            + $"{TrialFigures.Metric}, Holm's correction.");
        text.AppendLine();
        text.AppendLine($"| {string.Join(" | ", Headers)} |");
        text.AppendLine($"|{string.Concat(Headers.Select(h => h is "Model" or "against" ? " --- |" : " ---: |"))}");
        foreach (Comparison line in lines)
            text.AppendLine($"| {string.Join(" | ", Cells(line))} |");
        foreach (string note in notes)
            text.AppendLine().AppendLine(note);
        return text.ToString();
    }

    private static IEnumerable<string> Cells(Comparison line)
    {
        yield return line.Title;
        foreach (RankingMetric metric in Comparison.Metrics)
        {
            yield return line.Trials.Count == 1
                ? Invariant($"{line.Mean(metric):F4}")
                : Invariant($"{line.Mean(metric):F4} ± {line.Deviation(metric):F4}");
        }

        yield return line.Gain is { } gain ? Invariant($"{100 * gain:+0.0;-0.0} %") : "";
        yield return line.Against ?? "";
        yield return line.PValue switch { null => "", < 1e-4 => "< 0.0001", { } p => Invariant($"{p:F4}") };
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
