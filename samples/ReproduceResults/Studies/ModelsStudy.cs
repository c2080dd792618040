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
        Dictionary<(Outcome, Outcome), double> corrected = Compare(outcomes);
        report.Heading("All models");
        report.Say($"Gain and p: {Training.Recall} of a host with BMA against the host without, by a paired t-test over users, each user "
            + "with the mean over seeds; Holm's correction over the hosts.");
        report.Table(["Model", .. Training.Metrics.Select(m => m.ToString()), $"{Training.Recall} gain", "p", "best epoch", "s / epoch"],
            outcomes.Select(o => Row(o, HostOf(o, outcomes), corrected)));
        if (outcomes.FirstOrDefault(o => o.Name == Catalogue.Ours) is { } ours && outcomes.Count > 1)
        {
            report.Heading($"{Catalogue.Ours} against the others");
            report.Say("p by the same test; Holm's correction over the models without BMA, and over the hosts with BMA by themselves.");
            report.Table(["Model", $"{Training.Recall}", $"{Catalogue.Ours} minus it", "gain", "p"],
                outcomes.Where(o => o != ours).OrderByDescending(o => o.Mean(Training.Recall)).Select(o => (IReadOnlyList<string>)
                [
                    o.Name, o.Show(t => t.Test[Training.Recall.ToString()]),
                    Cell.Signed(ours.Mean(Training.Recall) - o.Mean(Training.Recall)),
                    Cell.Percent((ours.Mean(Training.Recall) / o.Mean(Training.Recall)) - 1), Cell.PValue(corrected[(ours, o)]),
                ]));
        }

        WriteGroups(report, outcomes);
        WriteCurves(report, outcomes);
    }

    private static IReadOnlyList<string> Row(Outcome outcome, Outcome? host, Dictionary<(Outcome, Outcome), double> corrected) =>
    [
        outcome.Name, .. Training.Metrics.Select(m => outcome.Show(t => t.Test[m.ToString()])),
        host is null ? "" : Cell.Percent((outcome.Mean(Training.Recall) / host.Mean(Training.Recall)) - 1),
        host is null ? "" : Cell.PValue(corrected[(outcome, host)]),
        outcome.Variant.Model is null ? "" : Cell.Number(outcome.Values(t => t.BestEpoch).Mean(), 0),
        outcome.Variant.Model is null ? "" : Cell.Number(outcome.Values(t => t.SecondsPerEpoch).Mean(), 2),
    ];

    private static Outcome? HostOf(Outcome outcome, IReadOnlyList<Outcome> outcomes)
        => outcomes.FirstOrDefault(o => Catalogue.Title(o.Name, bma: true) == outcome.Name && o != outcome);

    /// <summary>
    /// The corrected p-values of the three questions: what BMA brings to the hosts, how DRepMRec stands to models without BMA, and how to
    /// hosts with it.
    /// </summary>
    private static Dictionary<(Outcome, Outcome), double> Compare(IReadOnlyList<Outcome> outcomes)
    {
        (Outcome First, Outcome Second)[] gains = [.. outcomes.Select(o => (o, HostOf(o, outcomes)!)).Where(p => p.Item2 is not null)];
        (Outcome First, Outcome Second)[] leads = [.. outcomes.Where(o => o.Name == Catalogue.Ours)
            .SelectMany(ours => outcomes.Where(o => o != ours).Select(o => (ours, o)))];
        var families = leads.GroupBy(p => HostOf(p.Second, outcomes) is not null)
            .Prepend<IEnumerable<(Outcome First, Outcome Second)>>(gains);
        return families.SelectMany(family => family.Zip(SignificanceTest.Holm([.. family.Select(p => p.First.Against(p.Second).PValue)])))
            .ToDictionary(p => p.First, p => p.Second);
    }

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
        Outcome[] trained = [.. outcomes.Where(o => o.Variant.Model is not null)];
        if (trained.Length == 0)
            return;
        report.Heading("Time to quality");
        double? quality = trained.FirstOrDefault(o => o.Name == QualityModel) is { } outcome
            ? outcome.Values(t => t.Valid[Training.Recall.ToString()]).Mean()
            : null;
        if (quality is { } target)
        {
            report.Say($"Seconds of training and validation until validation {Training.Recall} first reaches {QualityModel}'s best, "
                + $"{Cell.Number(target)} (mean over seeds), on one thread each; mean over the seeds that reach it.");
            report.Table(["Model", "seconds", "seeds that reach it", $"best validation {Training.Recall}", "seconds in all"],
                trained.Select(o => TimeTo(o, target)));
        }

        report.Picture("learning-curves", "Learning curves", file => LearningCurves.Draw(file, trained, quality));
    }

    private static IReadOnlyList<string> TimeTo(Outcome outcome, double quality)
    {
        double[] reached = [.. outcome.Trainings
            .Select(t => t.History.FirstOrDefault(e => e.Recall >= quality - 1e-9)?.Total).OfType<double>()];
        return
        [
            outcome.Name, Cell.Spread(reached, 1), $"{reached.Length} of {outcome.Trainings.Count}",
            outcome.Show(t => t.Valid[Training.Recall.ToString()]), Cell.Number(outcome.Values(t => t.Seconds).Mean(), 0),
        ];
    }
}
