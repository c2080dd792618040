using ReproduceResults.Reports;
using ReproduceResults.Trainings;
using ScottPlot;

namespace ReproduceResults.Plots;

/// <summary>The diagnostics of the two lines as bars.</summary>
internal static class DiagnosticBars
{
    /// <summary>Cosines between the lines, and how far apart they are distributed.</summary>
    public static void DrawAlignment(string file, IReadOnlyList<Outcome> outcomes)
    {
        Plot cosines = Picture.New("Do the two lines agree?", "", "mean cosine, behaviour and modal line");
        (string, Func<LineFigures, double>)[] ofCosines =
        [
            ("users,\nthe same", l => l.Users.SameCosine), ("users,\ndifferent", l => l.Users.DifferentCosine),
            ("items,\nthe same", l => l.Items.SameCosine), ("items,\ndifferent", l => l.Items.DifferentCosine),
        ];
        Add(cosines, outcomes, ofCosines);
        Plot distances = Picture.New("Are they distributed alike?", "", "energy distance of unit rows (0: alike)");
        Add(distances, outcomes, [("users", l => l.Users.EnergyDistance), ("items", l => l.Items.EnergyDistance)]);
        Picture.SaveRow(file, 1200, 520, cosines, distances);
    }

    /// <summary>How the similarities of the modal line correlate with those of each modality's features.</summary>
    public static void DrawForgetting(string file, IReadOnlyList<Outcome> outcomes)
    {
        Plot plot = Picture.New("What the modal line keeps of the features' similarities", "", "correlation over random pairs of items");
        string[] modalities = [.. outcomes[0].Trainings[0].Lines!.Modalities.Select(m => m.Modality)];
        Add(plot, outcomes, [.. modalities.SelectMany((modality, m) => new (string, Func<LineFigures, double>)[]
        {
            ($"{modality},\nPearson", l => l.Modalities[m].Pearson), ($"{modality},\nSpearman", l => l.Modalities[m].Spearman),
        })]);
        plot.SavePng(file, 800, 520);
    }

    private static void Add(Plot plot, IReadOnlyList<Outcome> outcomes, IReadOnlyList<(string Name, Func<LineFigures, double> Of)> figures)
        => GroupedBars.Add(plot, [.. figures.Select(f => f.Name)],
            [.. outcomes.Select(l => (l.Name, (IReadOnlyList<double[]>)[.. figures.Select(f => l.Values(t => f.Of(t.Lines!)))]))]);
}
