using Common;
using DRepMRec.Evaluation;
using MathNet.Numerics.Statistics;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Fair;

/// <summary>The page of a dataset: what was searched, all lines, and the whole family of comparisons.</summary>
internal static class FairPage
{
    private static readonly RankingMetric[] Tested = [Training.Recall, Training.Ndcg];

    public static void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        Outcome[] trials = [.. outcomes.Where(o => o.First.Study == FairStage.Search)];
        Outcome[] lines = [.. outcomes.Where(o => o.First.Study == FairStage.Final)];
        Func<string, string> preferred = FairFamily.Preferred(trials);
        WriteSearch(report, trials);
        WriteLines(report, lines);
        bool hasContent = FairFamily.HasContent(outcomes);
        PlannedComparison[] family = [.. FairFamily.OfDataset(hasContent, preferred)];
        const string Tests = "Paired t-tests over users, each with the mean over the seeds that both lines have";
        WriteFamily(report, Tests, family, (comparison, metric) =>
        {
            Outcome? first = Find(lines, comparison.First), second = Find(lines, comparison.Second);
            return first is not null && second is not null && first.Means(second, metric) is var (own, other)
                ? (own - other, other, first.Against(second, metric)!.PValue)
                : null;
        });
    }

    /// <summary>Writes a family of comparisons, each by both metrics, with Holm's correction over all of them.</summary>
    /// <param name="report">The page.</param>
    /// <param name="tests">What kind of tests they are.</param>
    /// <param name="family">The comparisons.</param>
    /// <param name="test">The difference, what it is a difference to, and p; <see langword="null"/> where trainings are missing.</param>
    public static void WriteFamily(Report report, string tests, IReadOnlyList<PlannedComparison> family,
        Func<PlannedComparison, RankingMetric, (double Difference, double Base, double PValue)?> test)
    {
        var results = family.SelectMany(c => Tested.Select(metric => test(c, metric))).ToArray();
        IReadOnlyList<double> corrected = SignificanceTest.Holm([.. results.Select(r => r?.PValue ?? 1)]);
        int missing = results.Count(r => r is null);
        report.Heading("Comparisons");
        report.Say($"{tests}; Holm's correction over all {results.Length} tests of this page, whose titles "
            + "were written down before any training (docs/method.md)"
            + (missing == 0 ? "." : $"; {missing} of them lack trainings, and count with p = 1."));
        report.Table(["First minus second", .. Tested.SelectMany(m => new[] { m.ToString(), "gain", "p" })],
            family.Select((c, n) => (IReadOnlyList<string>)
            [
                $"{c.Question}: {c.First} minus {c.Second}",
                .. Enumerable.Range(Tested.Length * n, Tested.Length).SelectMany(m => results[m] is { } r
                    ? new[] { Cell.Signed(r.Difference), Cell.Percent(r.Difference / r.Base), Cell.PValue(corrected[m]) }
                    : ["", "", ""]),
            ]));
    }

    private static void WriteSearch(Report report, Outcome[] trials)
    {
        report.Heading("Search");
        report.Say("Combinations drawn from each model's options, one training each, seed 2024; the highest validation "
            + $"{Training.Recall} is chosen. The test set isn't read.");
        report.Table(["Model", "trials", $"best validation {Training.Recall}", "median", "what was chosen"],
            trials.GroupBy(t => t.Name).OrderBy(g => Array.IndexOf([.. Catalogue.HostNames, Catalogue.Ours], g.Key.Split(" (")[0]))
                .ThenBy(g => g.Key, StringComparer.Ordinal).Select(g =>
                {
                    double[] recalls = [.. g.Select(t => t.First.Valid[Training.Recall.ToString()])];
                    Outcome best = g.OrderByDescending(t => t.First.Valid[Training.Recall.ToString()])
                        .ThenByDescending(t => t.First.Valid[Training.Ndcg.ToString()]).ThenBy(t => t.First.Place).First();
                    return (IReadOnlyList<string>)
                        [g.Key, $"{recalls.Length}", Cell.Number(recalls.Max()), Cell.Number(recalls.Median()), best.First.Setting ?? ""];
                }));
    }

    private static void WriteLines(Report report, Outcome[] lines)
    {
        report.Heading("All models");
        report.Say("+ intra-alignment, and DRepMRec without content: the control, a behaviour line with BMA's contrastive loss and no "
            + "content. + BMA: with BMA's defaults. + item-to-item: the same trainings, blended with the closed form (and popularity, "
            + "where its weight is shown) by the weight that validation chooses, zero included. Defaults: not searched here, but "
            + "chosen by many trainings on TikTok's validation set.");
        bool hasPopularity = lines.Any(o => o.First.PopularityWeight is not null);
        string[] columns = ["item-to-item weight", .. hasPopularity ? ["popularity weight"] : Array.Empty<string>(), "best epoch", "s"];
        report.Table(["Model", .. Training.Metrics.Select(m => m.ToString()), .. columns],
            lines.Select(o => (IReadOnlyList<string>)
            [
                o.Name, .. Training.Metrics.Select(m => o.Show(t => t.Test[m.ToString()])), Weight(o, t => t.ItemToItemWeight),
                .. hasPopularity ? [Weight(o, t => t.PopularityWeight)] : Array.Empty<string>(),
                o.IsTrained ? Cell.Number(o.Values(t => t.BestEpoch).Mean(), 0) : "", Cell.Number(o.Values(t => t.Seconds).Mean(), 0),
            ]));
    }

    private static string Weight(Outcome line, Func<Training, double?> weight)
        => line.Show(t => weight(t) ?? double.NaN, 2);

    private static Outcome? Find(IEnumerable<Outcome> lines, string title) => lines.FirstOrDefault(o => o.Name == title);
}
