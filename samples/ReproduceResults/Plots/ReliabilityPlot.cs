using ReproduceResults.Reports;
using ReproduceResults.Trainings;
using ScottPlot;

namespace ReproduceResults.Plots;

/// <summary>What probabilities say against what happened at test, in bins of equally many items; the first seed of each model.</summary>
internal static class ReliabilityPlot
{
    public static void Draw(string file, IReadOnlyList<Outcome> outcomes)
    {
        Plot plot = Picture.New("Reliability of probabilities, test set", "probability (%), mean of a tenth of the items",
            "items that users chose (%)");
        double most = 0;
        for (int o = 0; o < outcomes.Count; o++)
        {
            CalibrationFigures figures = outcomes[o].Trainings[0].Lists!.Calibration!;
            double[] said = [.. figures.Bins.Select(b => 100 * b.Predicted)], happened = [.. figures.Bins.Select(b => 100 * b.Observed)];
            most = Math.Max(most, Math.Max(said.Max(), happened.Max()));
            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(said, happened);
            line.LegendText = outcomes[o].Name;
            line.Color = Picture.Colors[o % Picture.Colors.Length];
            line.LineWidth = 2;
            line.MarkerSize = 8;

            // Two standard errors of a share of so many items.
            double[] errors = [.. figures.Bins.Select(b => 200 * Math.Sqrt(b.Observed * (1 - b.Observed) / b.Count))];
            ScottPlot.Plottables.ErrorBar bars = plot.Add.ErrorBar(said, happened, errors);
            bars.Color = line.Color;
        }

        ScottPlot.Plottables.Scatter truth = plot.Add.ScatterLine(new[] { 0, most * 1.05 }, new[] { 0, most * 1.05 });
        truth.Color = Picture.Ink;
        truth.LinePattern = LinePattern.Dotted;
        truth.LegendText = "what would be exact";
        plot.Axes.SetLimits(0, most * 1.05, 0, most * 1.15);
        plot.LegendAt(Edge.Bottom);
        plot.SavePng(file, 800, 650);
    }
}
