using MathNet.Numerics.Statistics;
using ScottPlot;

namespace ReproduceResults.Plots;

/// <summary>Bars in groups, one colour per series, with the standard deviation over seeds.</summary>
internal static class GroupedBars
{
    /// <param name="plot">The plot to add to.</param>
    /// <param name="groups">The groups' names.</param>
    /// <param name="series">For each series its name and, per group, the values over seeds.</param>
    public static void Add(Plot plot, IReadOnlyList<string> groups, IReadOnlyList<(string Name, IReadOnlyList<double[]> Values)> series)
    {
        double width = 0.8 / series.Count;
        for (int s = 0; s < series.Count; s++)
        {
            double offset = (s - ((series.Count - 1) / 2.0)) * width;
            Bar[] bars = [.. series[s].Values.Select((values, g) => new Bar
            {
                Position = g + offset,
                Value = values.Mean(),
                Error = values.Length < 2 ? 0 : values.StandardDeviation(),
                FillColor = Picture.Colors[s],
                LineWidth = 1,
                LineColor = Picture.Ink,
                Size = width * 0.9,
            })];
            plot.Add.Bars(bars).LegendText = series[s].Name;
        }

        plot.Add.HorizontalLine(0, 1, Picture.Ink);
        plot.Axes.Bottom.Name(groups.Select((_, g) => (double)g), groups);
        plot.Axes.SetLimitsX(-0.6, groups.Count - 0.4);
        plot.LegendAt(Edge.Bottom);
    }
}
