using MathNet.Numerics.Statistics;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;
using ScottPlot;

namespace ReproduceResults.Plots;

/// <summary>Bars of how much each change costs or brings, with the standard deviation over seeds.</summary>
internal static class Differences
{
    public static void Draw(string file, Outcome full, IReadOnlyList<Outcome> changed)
    {
        Plot plot = Picture.New(
            $"One thing changed: test {Training.Recall} minus that of the whole",
            $"difference of {Training.Recall}; whiskers: standard deviation over seeds", "");
        Outcome[] outcomes = [.. changed.Where(o => o.Differences(full, Training.Recall).Length > 0)];
        var bars = new List<Bar>();
        for (int n = 0; n < outcomes.Length; n++)
        {
            double[] differences = outcomes[n].Differences(full, Training.Recall);
            double mean = differences.Mean();
            bars.Add(new Bar
            {
                Position = outcomes.Length - 1 - n,
                Value = mean,
                Error = differences.Length < 2 ? 0 : differences.StandardDeviation(),
                FillColor = mean < 0 ? Picture.Colors[1] : Picture.Colors[2],
                LineWidth = 1,
                LineColor = Picture.Ink,
                Size = 0.7,
                Orientation = Orientation.Horizontal,
            });
        }

        plot.Add.Bars(bars.ToArray()).Horizontal = true;
        plot.Add.VerticalLine(0, 1, Picture.Ink);
        plot.Axes.Left.Name(bars.Select(b => b.Position), outcomes.Select(o => o.Name));
        plot.Axes.SetLimitsY(-0.7, outcomes.Length - 0.3);
        plot.SavePng(file, 1000, 160 + (28 * outcomes.Length));
    }
}
