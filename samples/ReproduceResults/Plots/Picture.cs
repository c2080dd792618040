using ScottPlot;
using ScottPlot.TickGenerators;

namespace ReproduceResults.Plots;

/// <summary>The look that all pictures share.</summary>
internal static class Picture
{
    // Okabe and Ito's colours, which most colour-blind readers can tell apart.
    public static readonly Color[] Colors = [.. new[] { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F" }
        .Select(Color.FromHex)];

    public static readonly Color Ink = Color.FromHex("#202020");

    static Picture() => Fonts.Default = new[] { "Arial", "Helvetica", "Liberation Sans", "DejaVu Sans" }
        .FirstOrDefault(SkiaSharp.SKFontManager.Default.FontFamilies.Contains) ?? Fonts.Default;

    public static Plot New(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Title(title, size: 16);
        plot.XLabel(x, size: 13);
        plot.YLabel(y, size: 13);
        plot.Grid.MajorLineColor = Ink.WithAlpha(0.1);
        Style(plot.Axes.Bottom);
        Style(plot.Axes.Left);
        return plot;
    }

    /// <summary>A legend outside of the plot, so that it covers nothing.</summary>
    public static void LegendAt(this Plot plot, Edge edge)
    {
        plot.Legend.FontSize = 13;
        plot.Legend.SymbolWidth = 32;
        plot.Legend.Orientation = edge is Edge.Bottom or Edge.Top ? Orientation.Horizontal : Orientation.Vertical;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = ScottPlot.Colors.Transparent;
        plot.ShowLegend(edge);
    }

    /// <summary>Names in place of numbers on an axis.</summary>
    public static void Name(this IAxis axis, IEnumerable<double> places, IEnumerable<string> names)
    {
        axis.SetTicks([.. places], [.. names]);
        axis.MajorTickStyle.Color = ScottPlot.Colors.Transparent;
        axis.MajorTickStyle.Length = 8;
    }

    /// <summary>Plots beside each other.</summary>
    public static void SaveRow(string file, int width, int height, params Plot[] plots)
    {
        var row = new Multiplot { Layout = new ScottPlot.MultiplotLayouts.Columns() };
        row.Reset(plots[0]);
        foreach (Plot plot in plots[1..])
            row.AddPlot(plot);
        row.SavePng(file, width, height);
    }

    private static void Style(IAxis axis)
    {
        axis.Label.Bold = false;
        axis.TickLabelStyle.FontSize = 12;
        axis.MinorTickStyle.Length = 0;
        axis.TickGenerator = new NumericAutomatic { TickDensity = 0.6 };
        if (axis is ScottPlot.AxisPanels.AxisBase panel)
            panel.PaddingOutsideAxisLabels = new PixelPadding(8, 8, 8, 8);
    }
}
