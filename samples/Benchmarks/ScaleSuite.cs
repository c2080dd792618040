using Benchmarks.PlainLibtorch;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Training;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>Large graphs and large catalogues.</summary>
internal static class ScaleSuite
{
    public static void Run(Arguments options, Report report, CancellationToken cancellation)
    {
        using Parallelism.Scope threads = Parallelism.Use(options.Threads);
        Neighbors(options, report, cancellation);
        cancellation.ThrowIfCancellationRequested();
        Epochs(options, report);
        DenseNeighbors(options, report);
    }

    /// <summary>A graph of the size of Amazon Electronics: at the usual batch size, and by the recipe for large graphs.</summary>
    private static void Epochs(Arguments options, Report report)
    {
        RecDataset small = LargeGraph.Create(options.Quick ? 2_000 : 9_300, options.Quick ? 1_500 : 6_700, options.Quick ? 15_000 : 60_000);
        RecDataset large = LargeGraph.Create(options.Quick ? 8_000 : 200_000, options.Quick ? 3_000 : 60_000,
            options.Quick ? 60_000 : 1_700_000);
        report.Note($"{large.Train.Count} interactions of {large.Users.Count} users with {large.Items.Count} items, and "
            + $"{small.Train.Count} of {small.Users.Count} with {small.Items.Count}");
        using var smallModel = DRepMRecModel.Create(small, DRepMRecOptions.LightGcn);
        Timing reference = EpochSuite.Epochs(smallModel, small, 6, options.Threads);
        report.Add($"LightGCN epoch, {small.Train.Count} interactions, batch 2048", reference);
        using var largeModel = DRepMRecModel.Create(large, DRepMRecOptions.LightGcn);
        report.Add($"LightGCN epoch, {large.Train.Count} interactions, batch 2048",
            EpochSuite.Epochs(largeModel, large, 1, options.Threads));

        TrainerOptions recipe = LargeGraphRecipe.Options(large.Train.Count);
        using var recipeModel = DRepMRecModel.Create(large, DRepMRecOptions.LightGcn);
        Timing byRecipe = EpochSuite.Epochs(recipeModel, large, 3, options.Threads, recipe);
        report.Add($"LightGCN epoch, {large.Train.Count} interactions, batch {recipe.BatchSize}", byRecipe);
        double interactions = (double)large.Train.Count / small.Train.Count;
        double fastest = byRecipe.Fastest / reference.Fastest / interactions, median = byRecipe.Median / reference.Median / interactions;
        report.Note(FormattableString.Invariant(
            $"time per interaction: {fastest:F2} times that of the small graph (fastest epochs), {median:F2} (medians)"));
    }

    private static void Neighbors(Arguments options, Report report, CancellationToken cancellation)
    {
        foreach (var (count, dimension) in options.Quick ? [(2_000, 32)] : new[] { (20_000, 128), (40_000, 128), (100_000, 384) })
        {
            cancellation.ThrowIfCancellationRequested();
            float[] rows = LargeGraph.Features(count, dimension);
            double bound = 2.0 * count * count * dimension / Machine.ProductRate / options.Threads * 1000;
            CsrMatrix? exact = null, approximate = null;
            Timing own = Timing.Once(() => exact = NeighborGraph.Cosine(rows, dimension, 10));
            report.Add($"10 nearest of {count} x {dimension}, exact", own, null, bound);
            report.Add($"10 nearest of {count} x {dimension}, inverted file",
                Timing.Once(() => approximate = NeighborGraph.ApproximateCosine(rows, dimension, 10)), own);
            report.Note(FormattableString.Invariant($"recall of the inverted file: {Recall(exact!, approximate!):F4}"));
        }
    }

    /// <summary>Last of all, as its memory would hide that of all others.</summary>
    private static void DenseNeighbors(Arguments options, Report report)
    {
        int dense = options.Quick ? 2_000 : 20_000;
        float[] some = LargeGraph.Features(dense, 128);
        using Tensor all = tensor(some, dense, 128);
        report.Add($"10 nearest of {dense} x 128, dense similarity and topk", Timing.Once(() => PlainRanking.Neighbors(all, 10)));
    }

    private static double Recall(CsrMatrix exact, CsrMatrix approximate)
    {
        int found = 0;
        for (int row = 0; row < exact.RowCount; row++)
        {
            ReadOnlySpan<int> known = approximate.Columns[approximate.RowOffsets[row]..approximate.RowOffsets[row + 1]];
            foreach (int column in exact.Columns[exact.RowOffsets[row]..exact.RowOffsets[row + 1]])
                found += known.BinarySearch(column) >= 0 ? 1 : 0;
        }

        return found / (double)exact.NonZeroCount;
    }
}
