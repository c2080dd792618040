using Common;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using MathNet.Numerics.Statistics;
using ReproduceResults.Plots;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>What BMA brings to each host, and how DRepMRec stands to all others.</summary>
internal sealed class ModelsStudy : Study
{
    private const string QualityModel = "LightGCN";

    public override string Name => "models";

    protected override IEnumerable<Variant> Variants(RecDataset data, CommandLine options, string loss)
        => CatalogueVariants.All(data, loss, options.Epochs);

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        Outcome? leader = outcomes.FirstOrDefault(o => o.Name == Catalogue.Ours);
        var family = new Family(
        [
            .. outcomes.Select(o => (First: o, Second: HostOf(o, outcomes)!)).Where(p => p.Second is not null),
            .. leader is null ? [] : outcomes.Where(o => o != leader).Select(o => (First: leader, Second: o)),
        ]);
        report.Heading("All models");
        report.Say($"Gain: {Training.Recall} of a host with BMA against the host without. {Family.Words}.");
        report.Table(
            [
                "Model", .. Training.Metrics.Select(m => m.ToString()), $"{Training.Recall} gain", $"p of {Training.Recall}",
                $"p of {Training.Ndcg}", "best epoch", "s / epoch",
            ],
            outcomes.Select(o => Row(o, HostOf(o, outcomes), family)));
        if (leader is { } ours && outcomes.Count > 1)
        {
            report.Heading($"{Catalogue.Ours} against the others");
            report.Say("Of the same family of tests.");
            report.Table(
                [
                    "Model", $"{Training.Recall}", $"{Catalogue.Ours} minus it", "gain", $"p of {Training.Recall}", $"{Training.Ndcg}",
                    $"{Catalogue.Ours} minus it", $"p of {Training.Ndcg}",
                ],
                outcomes.Where(o => o != ours).OrderByDescending(o => o.Mean(Training.Recall)).Select(o => (IReadOnlyList<string>)
                [
                    o.Name, o.Show(t => t.Test[Training.Recall.ToString()]), Difference(ours, o, Training.Recall), Gain(ours, o),
                    family.P(ours, o, Training.Recall), o.Show(t => t.Test[Training.Ndcg.ToString()]),
                    Difference(ours, o, Training.Ndcg), family.P(ours, o, Training.Ndcg),
                ]));
        }

        WriteGroups(report, outcomes);
        WriteCurves(report, outcomes);
    }

    private static IReadOnlyList<string> Row(Outcome outcome, Outcome? host, Family family) =>
    [
        outcome.Name, .. Training.Metrics.Select(m => outcome.Show(t => t.Test[m.ToString()])),
        host is null ? "" : Gain(outcome, host),
        family.P(outcome, host, Training.Recall), family.P(outcome, host, Training.Ndcg),
        !outcome.IsTrained ? "" : Cell.Number(outcome.Values(t => t.BestEpoch).Mean(), 0),
        !outcome.IsTrained ? "" : Cell.Number(outcome.Values(t => t.SecondsPerEpoch).Mean(), 2),
    ];

    private static string Difference(Outcome outcome, Outcome other, RankingMetric metric)
        => outcome.Means(other, metric) is var (own, others) ? Cell.Signed(own - others) : "";

    private static string Gain(Outcome outcome, Outcome other)
        => outcome.Means(other, Training.Recall) is var (own, others) ? Cell.Percent((own / others) - 1) : "";

    private static Outcome? HostOf(Outcome outcome, IReadOnlyList<Outcome> outcomes)
        => outcomes.FirstOrDefault(o => Catalogue.Title(o.Name, bma: true) == outcome.Name && o != outcome);

    private static void WriteGroups(Report report, IReadOnlyList<Outcome> outcomes)
    {
        report.Heading("Groups of test rows");
        report.Say("The share of a group's test rows that are in their user's top 20, by how many users have the item in training, and how "
            + "many items the user has in training.");
        IReadOnlyDictionary<string, GroupFigures> rows = outcomes[0].Trainings[0].Groups;
        report.Table(["Model", .. TestRows.Names.Select(g => $"{g} ({rows[g].Rows} rows)")],
            outcomes.Select(o => (IReadOnlyList<string>)[o.Name, .. TestRows.Names.Select(g => o.Show(t => t.Groups[g].Recall))]));
    }

    private static void WriteCurves(Report report, IReadOnlyList<Outcome> outcomes)
    {
        Outcome[] trained = [.. outcomes.Where(o => o.IsTrained)];
        if (trained.Length == 0)
            return;
        report.Heading("Time to quality");
        double? quality = trained.FirstOrDefault(o => o.Name == QualityModel) is { } outcome
            ? outcome.Values(t => t.Valid[Training.Recall.ToString()]).Mean()
            : null;
        if (quality is { } target)
        {
            report.Say($"Seconds of training and validation until validation {Training.Recall} first reaches {QualityModel}'s best, "
                + $"{Cell.Number(target)} (mean over seeds), on one thread each; mean over the seeds that reach it."
                + (trained.Any(o => o.HasPart)
                    ? " Epochs are validated without the item-to-item part, so lines with it have no times." : ""));
            report.Table(["Model", "seconds", "seeds that reach it", $"best validation {Training.Recall}", "seconds in all"],
                trained.Select(o => TimeTo(o, target)));
        }

        Outcome[] curves = [.. trained.Where(o => !o.HasPart)];
        if (curves.Length > 0)
            report.Picture("learning-curves", "Learning curves", file => LearningCurves.Draw(file, curves, quality));
    }

    private static IReadOnlyList<string> TimeTo(Outcome outcome, double quality)
    {
        double[] reached = [.. outcome.Trainings.Where(_ => !outcome.HasPart)
            .Select(t => t.SecondsTo(quality)).OfType<double>()];
        return
        [
            outcome.Name, Cell.Spread(reached, 1), outcome.HasPart ? "" : $"{reached.Length} of {outcome.Trainings.Count}",
            outcome.Show(t => t.Valid[Training.Recall.ToString()]), Cell.Number(outcome.Values(t => t.Seconds).Mean(), 0),
        ];
    }
}
