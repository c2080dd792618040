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
        => Enumerable.Range(1, Splits).SelectMany(seed => CatalogueVariants.All(RedrawnSplit.PerUser(data, seed), loss, options.Epochs)
            .Select(v => v with { Source = data }));

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        Training[] drawn = [.. outcomes.Select(o => o.First).DistinctBy(t => t.SplitChecksum)];
        string[] splits = [.. drawn.Select(t => t.SplitChecksum)];
        Model[] models = [.. outcomes.GroupBy(o => o.Name)
            .Select(g => new Model(g.Key, [.. splits.Select(s => g.FirstOrDefault(o => o.First.SplitChecksum == s))]))];
        report.Say("Each user keeps their numbers of training, validation and test interactions of the given split; which ones they are is "
            + "drawn anew.");
        report.Table(["Split", "checksum", "training", "validation", "test"],
            drawn.Select((t, n) => (IReadOnlyList<string>)
            [
                $"{n + 1}", t.SplitChecksum[..12], $"{t.Dataset.Train}", $"{t.Dataset.Validation}", $"{t.Dataset.Test}",
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
        report.Say($"{Training.Recall}, means over the seeds that both have. p: corrected resampled t-tests over the splits' means "
            + "(Nadeau and Bengio), with Holm's correction over all tests of this page.");
        IReadOnlyList<double> corrected = SignificanceTest.Holm([.. differences.SelectMany(d => new[] { d.Recall ?? 1, d.Ndcg ?? 1 })]);
        IEnumerable<string> titles = Enumerable.Range(1, splits).Select(n => $"split {n}");
        report.Table(["Model", .. titles, "mean over splits", $"p of {Training.Recall}", $"p of {Training.Ndcg}"],
            differences.Select((d, n) => (IReadOnlyList<string>)
            [
                d.Other, .. d.PerSplit.Select(v => v is { } value ? Cell.Signed(value) : ""),
                Cell.SignedSpread([.. d.PerSplit.OfType<double>()]),
                d.Recall is null ? "" : Cell.PValue(corrected[2 * n]), d.Ndcg is null ? "" : Cell.PValue(corrected[(2 * n) + 1]),
            ]));
    }

    /// <summary>A model's lines, one per split, where there is one.</summary>
    private sealed record Model(string Name, IReadOnlyList<Outcome?> PerSplit);

    private sealed record PairedDifference(string Other, IReadOnlyList<double?> PerSplit, double? Recall, double? Ndcg)
    {
        public static PairedDifference Of(Model first, Model second)
        {
            (Outcome Own, Outcome Other)?[] splits =
                [.. first.PerSplit.Zip(second.PerSplit, (one, other) => one is null || other is null ? null : one.Shared(other))];
            (Outcome, Outcome)[] both = [.. splits.OfType<(Outcome, Outcome)>()];
            return new PairedDifference(second.Name,
                [.. splits.Select(s => s is var (own, other) ? own.Mean(Training.Recall) - other.Mean(Training.Recall) : (double?)null)],
                Resampled.PValue(both, Training.Recall), Resampled.PValue(both, Training.Ndcg));
        }
    }
}
