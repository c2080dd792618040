using DRepMRec.Data;
using DRepMRec.Evaluation;
using MathNet.Numerics.Statistics;
using ReproduceResults.Plots;
using ReproduceResults.Reports;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>What each part of DRepMRec brings: the whole, and the whole with one thing changed.</summary>
internal sealed class AblationsStudy : Study
{
    public override string Name => "ablations";

    protected override IEnumerable<Variant> Variants(RecDataset data, CommandLine options, string loss)
        => AblationVariants.All(data, loss, options.Epochs, options.Preset);

    public override void Write(Report report, IReadOnlyList<Outcome> outcomes)
    {
        Outcome? full = outcomes.FirstOrDefault(o => o.Name == AblationVariants.Full);
        Outcome[] changed = [.. outcomes.Where(o => o != full)];
        var family = new Family(full is null ? [] : changed.Select(o => (o, full)));
        report.Heading("DRepMRec with one thing changed");
        if (outcomes[0].First.Setting is { } setting)
            report.Say($"The whole is {setting}.");
        report.Say($"Difference: {Training.Recall} minus that of the whole, over pairs of the same seed. {Family.Words}.");
        report.Table(
            [
                "Variant", .. Training.Metrics.Select(m => m.ToString()), "difference", $"p of {Training.Recall}", $"p of {Training.Ndcg}",
                "cold items",
            ],
            outcomes.Select(o => (IReadOnlyList<string>)
            [
                o.Name, .. Training.Metrics.Select(m => o.Show(t => t.Test[m.ToString()])),
                full is null || o == full ? "" : Cell.SignedSpread(o.Differences(full, Training.Recall)),
                family.P(o, full, Training.Recall), family.P(o, full, Training.Ndcg), o.Show(t => t.Groups[TestRows.Names[0]].Recall),
            ]));
        if (full is not null && changed.Length > 0)
            report.Picture("differences", "Differences to the whole", file => Differences.Draw(file, full, changed));

        WriteDiagnostics(report, [.. outcomes.Where(o => o.Trainings.All(t => t.Lines is not null))]);
    }

    private static void WriteDiagnostics(Report report, IReadOnlyList<Outcome> outcomes)
    {
        if (outcomes.Count == 0)
            return;
        report.Heading("The two lines");
        report.Say("Cosines between a user's (an item's) behaviour and modal representation and, after the stroke, those of different "
            + "ones; the energy distance between the two lines' rows at length 1 (0: distributed alike). "
            + "Then the correlations (Pearson / Spearman) between the similarities of random pairs of items in the modal line and in each "
            + "modality's features. Means over seeds.");
        string[] modalities = [.. outcomes.SelectMany(o => o.Trainings[0].Lines!.Modalities).Select(m => m.Modality).Distinct().Order()];
        report.Table(["Variant", "users: cosine", "users: distance", "items: cosine", "items: distance", .. modalities],
            outcomes.Select(o => (IReadOnlyList<string>)
            [
                o.Name, Cosines(o, t => t.Users), Distance(o, t => t.Users), Cosines(o, t => t.Items), Distance(o, t => t.Items),
                .. modalities.Select(m => Correlations(o, m)),
            ]));

        Outcome? Find(string name) => outcomes.FirstOrDefault(o => o.Name == name);
        Outcome? full = Find(AblationVariants.Full), free = Find(AblationVariants.NoSignal) ?? full;
        Outcome? held = free == full ? Find(AblationVariants.WithSignal) : full;
        Outcome[] aligned = [.. new[] { Find(AblationVariants.NoBma), Find(AblationVariants.NoAlignment), full }.OfType<Outcome>()];
        Outcome[] supervised = [.. new[] { free, held }.OfType<Outcome>()];
        if (aligned.Length > 1)
            report.Picture("alignment", "Alignment without and with BMA", file => DiagnosticBars.DrawAlignment(file, aligned));
        if (supervised.Length > 1)
            report.Picture("forgetting", "Similarities kept without and with SSS", file => DiagnosticBars.DrawForgetting(file, supervised));
        DrawSnapshots(report, "lines", "Both lines' items without and with BMA", Find(AblationVariants.NoBma), full, LineScatter.Draw);
        DrawSnapshots(report, "similarities", "Similarities without and with SSS", free, held, SimilarityScatter.Draw);
    }

    /// <summary>Draws two variants side by side, of the first seed that has both.</summary>
    private static void DrawSnapshots(Report report, string picture, string caption, Outcome? without, Outcome? with,
        Action<string, SnapshotPair> draw)
    {
        var pair = without?.Trainings.Join(with?.Trainings ?? [], t => t.Seed, t => t.Seed, (a, b) => (a, b))
            .FirstOrDefault(p => p.a.Snapshot is not null && p.b.Snapshot is not null);
        if (pair is { a: { } first, b: { } second })
        {
            report.Picture(picture, caption,
                file => draw(file, new SnapshotPair((first.Variant, first.Snapshot!), (second.Variant, second.Snapshot!), first.Seed)));
        }
    }

    private static string Cosines(Outcome outcome, Func<LineFigures, LineAlignment> part)
        => $"{Cell.Number(outcome.Values(t => part(t.Lines!).SameCosine).Mean(), 3)} / "
            + $"{Cell.Number(outcome.Values(t => part(t.Lines!).DifferentCosine).Mean(), 3)}";

    private static string Distance(Outcome outcome, Func<LineFigures, LineAlignment> part)
        => Cell.Number(outcome.Values(t => part(t.Lines!).EnergyDistance).Mean(), 3);

    private static string Correlations(Outcome outcome, string modality)
    {
        ModalityFigures[] figures = [.. outcome.Trainings.SelectMany(t => t.Lines!.Modalities).Where(m => m.Modality == modality)];
        return figures.Length == 0
            ? ""
            : $"{Cell.Number(figures.Average(f => f.Pearson), 3)} / {Cell.Number(figures.Average(f => f.Spearman), 3)}";
    }
}
