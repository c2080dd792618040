using DRepMRec.Evaluation;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Fair;

/// <summary>The page of splits that were drawn anew, of two kinds.</summary>
internal static class RedrawnPage
{
    public const string PerUser = "the same numbers per user", ByRow = "by row";

    public static void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        string[] kinds = [.. new[] { PerUser, ByRow }.Where(k => outcomes.Any(o => o.First.Dataset.Kind == k))];
        report.Say("The same numbers per user: each user keeps their numbers of training, validation and test interactions of the given "
            + "split, and which ones they are is drawn anew. By row: of all interactions 80 % are drawn for training, 7 % for validation, "
            + "the rest for the test. Each model under the loss that its search on the given split prefers, with the options that it chose "
            + "there. Defaults: not searched here, but chosen by many trainings on TikTok's validation set; they aren't tested.");
        foreach (string kind in kinds)
        {
            Outcome[] ofKind = OfKind(outcomes, kind);
            string[] splits = Splits(ofKind);
            foreach (RankingMetric metric in new[] { Training.Recall, Training.Ndcg })
            {
                report.Heading($"{metric}, {kind}");
                IEnumerable<IReadOnlyList<string>> rows = ofKind.GroupBy(o => o.Name).Select(m => (IReadOnlyList<string>)
                [
                    m.Key,
                    .. splits.Select(s => m.FirstOrDefault(o => o.First.SplitChecksum == s))
                        .Select(o => o is null ? "" : Cell.Spread(o.Test(metric))),
                    Cell.Spread([.. m.Select(o => o.Mean(metric))]),
                ]);
                report.Table(["Model", .. splits.Select(s => s[..8]), "mean over splits"], rows);
            }
        }

        // The preferred losses are those that were trained here.
        string Preferred(string model) => FairFamily.Losses.FirstOrDefault(
            loss => outcomes.Any(o => o.Name == FairVariants.Title(model, FairForm.Whole, loss)), FairFamily.Losses[0]);
        PlannedComparison[] family = [.. new[] { PerUser, ByRow }.SelectMany(kind => FairFamily
            .OfRedrawn(FairFamily.HasContent(outcomes), Preferred)
            .Select(c => c with { Question = $"{kind}, {c.Question}" }))];
        const string Tests = "Corrected resampled t-tests (Nadeau and Bengio) over the splits' means over the seeds that both lines have";
        FairPage.WriteFamily(report, Tests, family, (comparison, metric) => Test(Pairs(outcomes, comparison), metric));
        string[] fewer =
        [
            .. family.Select(c => (Comparison: c, Tested: Pairs(outcomes, c).Length, All: Splits(OfKind(outcomes, KindOf(c))).Length))
                .Where(t => t.Tested < t.All)
                .Select(t => $"{t.Comparison.Question}: {t.Comparison.First} minus {t.Comparison.Second} ({t.Tested} of {t.All})"),
        ];
        if (fewer.Length > 0)
            report.Say($"Compared on fewer splits than this page has: {string.Join("; ", fewer)}.");
    }

    private static string KindOf(PlannedComparison comparison)
        => comparison.Question[..comparison.Question.IndexOf(", ", StringComparison.Ordinal)];

    private static Outcome[] OfKind(IEnumerable<Outcome> outcomes, string kind)
        => [.. outcomes.Where(o => o.First.Dataset.Kind == kind)];

    private static string[] Splits(IEnumerable<Outcome> outcomes) => [.. outcomes.Select(o => o.First.SplitChecksum).Distinct()];

    /// <summary>What is compared of both lines, on each split that has both.</summary>
    private static (Outcome Own, Outcome Other)[] Pairs(IReadOnlyList<Outcome> outcomes, PlannedComparison comparison)
        => [.. OfKind(outcomes, KindOf(comparison)).Where(o => o.Name == comparison.First)
            .Join(outcomes.Where(o => o.Name == comparison.Second), o => o.First.SplitChecksum, o => o.First.SplitChecksum,
                (a, b) => a.Shared(b)).OfType<(Outcome, Outcome)>()];

    private static (double, double, double)? Test((Outcome Own, Outcome Other)[] both, RankingMetric metric)
    {
        if (Resampled.PValue(both, metric) is not { } p)
            return null;
        double first = both.Average(o => o.Own.Mean(metric)), second = both.Average(o => o.Other.Mean(metric));
        return (first - second, second, p);
    }
}
