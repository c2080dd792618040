using ReproduceResults.Trainings;
using ScottPlot;

namespace ReproduceResults.Plots;

/// <summary>Similarities of pairs of items in the modal line against those in the features, one colour per modality.</summary>
internal static class SimilarityScatter
{
    public static void Draw(string file, SnapshotPair pair)
    {
        SimilarityPairs[] all = [.. pair.First.Lines.Similarities, .. pair.Second.Lines.Similarities];
        var limits = new AxisLimits(
            Lowest(all, p => p.Features), Highest(all, p => p.Features), Lowest(all, p => p.Line), Highest(all, p => p.Line));
        Picture.SaveRow(file, 1200, 640, Panel(pair.First.Variant, pair.First.Lines, pair.Seed, limits),
            Panel(pair.Second.Variant, pair.Second.Lines, pair.Seed, limits));
    }

    private static Plot Panel(string variant, LineSnapshot lines, int seed, AxisLimits limits)
    {
        Plot plot = Picture.New($"{variant}, seed {seed}: similarities of item pairs", "cosine of the features",
            "cosine in the modal line");
        for (int m = 0; m < lines.Similarities.Count; m++)
        {
            SimilarityPairs pairs = lines.Similarities[m];
            ScottPlot.Plottables.Markers markers = plot.Add.Markers(
                pairs.Features.Select(v => (double)v).ToArray(), pairs.Line.Select(v => (double)v).ToArray(), MarkerShape.FilledCircle, 4,
                Picture.Colors[m % Picture.Colors.Length].WithAlpha(0.35));
            markers.LegendText = pairs.Modality;
        }

        plot.Axes.SetLimits(limits);
        plot.LegendAt(Edge.Bottom);
        return plot;
    }

    private static double Lowest(SimilarityPairs[] pairs, Func<SimilarityPairs, float[]> of)
        => pairs.SelectMany(of).DefaultIfEmpty(-1).Min() - 0.05;

    private static double Highest(SimilarityPairs[] pairs, Func<SimilarityPairs, float[]> of)
        => pairs.SelectMany(of).DefaultIfEmpty(1).Max() + 0.05;
}
