using Common;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>Whether differences between models hold on other random splits of the same interactions.</summary>
internal sealed class SplitsStudy : Study
{
    private const int Splits = 5;

    public override string Name => "splits";

    protected override IReadOnlyList<string> Usual { get; } = [Catalogue.Ours, "MGCN", Catalogue.Title("MGCN", bma: true)];

    protected override bool ComparesLosses => true;

    protected override IEnumerable<Variant> Variants(RecDataset data, CommandLine options, string loss)
        => Enumerable.Range(1, Splits).SelectMany(seed => CatalogueVariants.All(RedrawnSplit.Of(data, seed), loss, options.Epochs));

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        string[] splits = [.. outcomes.Select(o => o.Variant.Data.SplitChecksum).Distinct()];
        Model[] models = [.. outcomes.GroupBy(o => o.Name)
            .Select(g => new Model(g.Key, [.. splits.Select(s => g.FirstOrDefault(o => o.Variant.Data.SplitChecksum == s))]))];
        report.Say("Each user keeps their numbers of training, validation and test interactions of the given split; which ones they are is "
            + "drawn anew.");
        report.Table(["Split", "checksum", "training", "validation", "test"],
            outcomes.Select(o => o.Variant.Data).DistinctBy(d => d.SplitChecksum).Select((d, n) => (IReadOnlyList<string>)
            [
                $"{n + 1}", d.SplitChecksum[..12], $"{d.Train.Count}", $"{d.Validation.Count}", $"{d.Test.Count}",
            ]));
        foreach (RankingMetric metric in new[] { Training.Recall, Training.Ndcg })
        {
            report.Heading(metric.ToString());
            report.Table(["Model", .. splits.Select((_, n) => $"split {n + 1}"), "mean over splits"],
                models.Select(m => (IReadOnlyList<string>)
                [
                    m.Name, .. m.PerSplit.Select(o => o is null ? "" : Cell.Spread(o.Test(metric))),
                    Cell.Spread([.. m.PerSplit.OfType<Outcome>().Select(o => o.Mean(metric))]),
                ]));
        }

        if (models.Length > 1)
        {
            Model first = models.FirstOrDefault(m => m.Name.StartsWith(Catalogue.Ours, StringComparison.Ordinal)) ?? models[0];
            WriteDifferences(report, first, models, splits.Length);
        }
    }

    private static void WriteDifferences(Report report, Model first, IReadOnlyList<Model> models, int splits)
    {
        PairedDifference[] differences = [.. models.Where(m => m != first).Select(m => PairedDifference.Of(first, m))];
        report.Heading($"{first.Name} minus the others");
        report.Say($"{Training.Recall}, means over seeds. p over splits: paired t-test over the splits' means; p over users: over all "
            + "users of all splits, each with the mean over seeds. Holm's correction over the models, each kind of test by itself.");
        IReadOnlyList<double> overSplits = SignificanceTest.Holm([.. differences.Select(d => d.OverSplits ?? 1)]);
        IReadOnlyList<double> overUsers = SignificanceTest.Holm([.. differences.Select(d => d.OverUsers)]);
        IEnumerable<string> titles = Enumerable.Range(1, splits).Select(n => $"split {n}");
        report.Table(["Model", .. titles, "mean over splits", "p over splits", "p over users"],
            differences.Select((d, n) => (IReadOnlyList<string>)
            [
                d.Other, .. d.PerSplit.Select(v => v is { } value ? Cell.Signed(value) : ""),
                Cell.SignedSpread([.. d.PerSplit.OfType<double>()]),
                d.OverSplits is null ? "" : Cell.PValue(overSplits[n]), Cell.PValue(overUsers[n]),
            ]));
    }

    /// <summary>A model's lines, one per split, where there is one.</summary>
    private sealed record Model(string Name, IReadOnlyList<Outcome?> PerSplit);

    private sealed record PairedDifference(string Other, IReadOnlyList<double?> PerSplit, double? OverSplits, double OverUsers)
    {
        public static PairedDifference Of(Model first, Model second)
        {
            (Outcome? First, Outcome? Second)[] splits = [.. first.PerSplit.Zip(second.PerSplit)];
            (Outcome First, Outcome Second)[] both = [.. splits.Where(s => s.First is not null && s.Second is not null)
                .Select(s => (s.First!, s.Second!))];
            if (both.Length == 0)
                return new PairedDifference(second.Name, [.. splits.Select(_ => (double?)null)], null, 1);
            var users = both.Select(s => Outcome.Paired(s.First, s.Second)).ToArray();
            double[] firsts = [.. both.Select(s => s.First.Mean(Training.Recall))];
            double[] seconds = [.. both.Select(s => s.Second.Mean(Training.Recall))];
            double? Difference((Outcome? First, Outcome? Second) split) => split is ({ } one, { } other)
                ? one.Mean(Training.Recall) - other.Mean(Training.Recall)
                : null;
            return new PairedDifference(
                second.Name,
                [.. splits.Select(Difference)],
                both.Length < 2 ? null : SignificanceTest.PairedT(firsts, seconds).PValue,
                SignificanceTest.PairedT([.. users.SelectMany(u => u.First)], [.. users.SelectMany(u => u.Second)]).PValue);
        }
    }
}
