using System.Globalization;
using ReproduceResults.Trainings;
using ScottPlot;

namespace ReproduceResults.Plots;

/// <summary>Items of both lines in the plane of their first two principal components.</summary>
internal static class LineScatter
{
    public static void Draw(string file, SnapshotPair pair)
    {
        float reach = 1.08f * new[] { pair.First.Lines, pair.Second.Lines }.SelectMany(l => l.Behavior.Concat(l.Modal)).Max(MathF.Abs);
        Picture.SaveRow(file, 1200, 640, Panel(pair.First.Variant, pair.First.Lines, pair.Seed, reach),
            Panel(pair.Second.Variant, pair.Second.Lines, pair.Seed, reach));
    }

    private static Plot Panel(string variant, LineSnapshot lines, int seed, float reach)
    {
        string share = (100 * lines.Share).ToString("F0", CultureInfo.InvariantCulture);
        Plot plot = Picture.New(
            $"{variant}, seed {seed}: items of both lines",
            $"first principal component (of two with {share} % of variance)", "second principal component");
        Add(plot, lines.Behavior, "behaviour line", 0);
        Add(plot, lines.Modal, "modal line", 1);
        plot.Axes.SetLimits(-reach, reach, -reach, reach);
        plot.LegendAt(Edge.Bottom);
        return plot;
    }

    private static void Add(Plot plot, float[] points, string name, int color)
    {
        double[][] pairs = [.. points.Chunk(2).Select(p => new double[] { p[0], p[1] })];
        ScottPlot.Plottables.Markers markers = plot.Add.Markers(
            pairs.Select(p => p[0]).ToArray(), pairs.Select(p => p[1]).ToArray(),
            MarkerShape.FilledCircle, 5, Picture.Colors[color].WithAlpha(0.45));
        markers.LegendText = name;
    }
}
