using Common;
using DRepMRec.Data;
using MathNet.Numerics.Statistics;
using ReproduceResults.Plots;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>What lists are like beside their hits: how much of the catalogue, how popular, varied, how true probabilities are.</summary>
internal sealed class ListsStudy : Study
{
    public override string Name => "lists";

    protected override IReadOnlyList<string> Usual => ["Popularity", "LightGCN", Catalogue.Ours];

    protected override IEnumerable<Variant> Variants(RecDataset data, CommandLine options, string loss)
        => CatalogueVariants.All(data, loss, options.Epochs).Select(v => v with { IsDescribed = true });

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        string[] metrics = [.. outcomes[0].Trainings[0].Lists!.Values.Keys];
        report.Heading("Beyond accuracy");
        report.Table(["Model", Training.Recall.ToString(), .. metrics], outcomes.Select(o => (IReadOnlyList<string>)
            [o.Name, o.Show(t => t.Test[Training.Recall.ToString()]), .. metrics.Select(m => o.Show(t => t.Lists!.Values[m], Digits(m)))]));
        Outcome[] calibrated = [.. outcomes.Where(o => o.Trainings.All(t => t.Lists?.Calibration is not null))];
        if (calibrated.Length == 0)
            return;
        report.Heading("Calibration");
        report.Say("Probabilities that a user chooses an item of the top 20, fitted to the validation set by isotonic regression. The "
            + "expected calibration error is the distance between probability and share of hits, averaged over ten bins of equally many "
            + "items; the last column is the error of saying the share of validation to everything.");
        report.Table(
            ["Model", "hits of items in validation", "share of hits at test", "error in validation", "error at test", "of one share"],
            calibrated.Select(o => (IReadOnlyList<string>)
            [
                o.Name, $"{o.Values(t => t.Lists!.Calibration!.Hits).Mean():F0} of {o.Trainings[0].Lists!.Calibration!.Items}",
                o.Show(t => Observed(t.Lists!.Calibration!)), o.Show(t => t.Lists!.Calibration!.ValidationError),
                o.Show(t => t.Lists!.Calibration!.TestError), o.Show(t => OneShare(t.Lists!.Calibration!)),
            ]));
        report.Picture("reliability", "Reliability diagram", file => ReliabilityPlot.Draw(file, calibrated));
    }

    private static int Digits(string metric) => metric.StartsWith("AveragePopularity", StringComparison.Ordinal) ? 1 : 4;

    private static double Observed(CalibrationFigures figures)
        => figures.Bins.Sum(b => b.Observed * b.Count) / figures.Bins.Sum(b => b.Count);

    private static double OneShare(CalibrationFigures figures)
    {
        double share = (double)figures.Hits / figures.Items;
        return figures.Bins.Sum(b => b.Count * Math.Abs(b.Observed - share)) / figures.Bins.Sum(b => b.Count);
    }
}
