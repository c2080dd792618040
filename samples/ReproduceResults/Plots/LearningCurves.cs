using System.Globalization;
using Common;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;
using ScottPlot;

namespace ReproduceResults.Plots;

/// <summary>
/// The best validation figure so far against training time, as the mean over seeds. A host has one colour: dashed without BMA, solid with
/// it.
/// </summary>
internal static class LearningCurves
{
    private const int Places = 200;

    public static void Draw(string file, IReadOnlyList<Outcome> outcomes, double? quality)
    {
        Plot plot = Picture.New("Learning curves, mean over seeds", "training time (s, one thread, without validation, logarithmic)",
            $"best validation {Training.Recall} so far");
        string[] hosts = [.. outcomes.Select(Host).Distinct()];
        double last = outcomes.SelectMany(o => o.Trainings).Max(t => t.History[^1].Training);
        double first = outcomes.SelectMany(o => o.Trainings).Min(t => t.History[0].Training);
        foreach (Outcome outcome in outcomes)
        {
            // From where all seeds have a first epoch to where the last of them has stopped.
            double from = outcome.Trainings.Max(t => t.History[0].Training), to = outcome.Trainings.Max(t => t.History[^1].Training);
            double[] seconds = [.. Enumerable.Range(0, Places).Select(n => from * Math.Pow(to / from, n / (Places - 1.0)))];
            ScottPlot.Plottables.Scatter curve = plot.Add.ScatterLine(
                seconds.Select(Math.Log10).ToArray(), seconds.Select(s => outcome.Trainings.Average(t => BestBy(t, s))).ToArray());
            curve.LegendText = outcome.Name;
            curve.Color = outcome.Name == Catalogue.Ours
                ? Picture.Ink
                : Picture.Colors[Array.IndexOf(hosts, Host(outcome)) % Picture.Colors.Length];
            curve.LineWidth = outcome.Name == Catalogue.Ours ? 3.5f : 2;
            curve.LinePattern = outcome.Name == Host(outcome) && outcome.Name != Catalogue.Ours ? LinePattern.Dashed : LinePattern.Solid;
        }

        if (quality is { } level)
        {
            ScottPlot.Plottables.HorizontalLine target = plot.Add.HorizontalLine(level, 1, Picture.Ink, LinePattern.Dotted);
            target.LegendText = "LightGCN's best";
        }

        double[] ticks = [.. Enumerable.Range(-2, 8).SelectMany(power => new[] { 1, 2, 5 }.Select(n => n * Math.Pow(10, power)))
            .Where(t => t >= first * 0.9 && t <= last * 1.1)];
        plot.Axes.Bottom.SetTicks([.. ticks.Select(Math.Log10)], [.. ticks.Select(t => t.ToString("G3", CultureInfo.InvariantCulture))]);
        plot.LegendAt(Edge.Right);
        plot.SavePng(file, 1100, 650);
    }

    private static string Host(Outcome outcome) => outcome.Name.Split(" + ")[0];

    private static double BestBy(Training training, double seconds)
        => training.History.TakeWhile(e => e.Training <= seconds * 1.000001).Max(e => e.Recall);
}
