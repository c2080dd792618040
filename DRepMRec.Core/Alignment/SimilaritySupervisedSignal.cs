using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Alignment;

/// <summary>
/// The Similarity-Supervised Signal (DRepMRec, arXiv 2404.11119): within the batch, the cosines between modal representations of items are
/// held to the cosines between their frozen features as <see cref="ModalFeatures"/> scales them, by the mean of the squared differences, so
/// that the modal line doesn't forget which items are alike.
/// </summary>
/// <remarks>
/// The target, the mean over the modalities that both items have, but for those that a model leaves out, takes no gradient; pairs without
/// a common modality are left out. Safe for use by many threads.
/// </remarks>
public sealed class SimilaritySupervisedSignal
{
    private readonly SssOptions _options;

    /// <summary>Creates the signal.</summary>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    public SimilaritySupervisedSignal(SssOptions? options = null) => _options = options ?? new SssOptions();

    /// <summary>The weight of the signal in the loss.</summary>
    public double Weight => _options.Weight;

    /// <summary>Which modalities count; <see langword="null"/> for all.</summary>
    internal IReadOnlyList<int>? Modalities { get; init; }

    /// <summary>The signal's options.</summary>
    internal SssOptions Options => _options;

    /// <summary>Compares the similarities of the batch's distinct items.</summary>
    /// <param name="modalItems">The modal representations of items, in the tables that <paramref name="batch"/> speaks of.</param>
    /// <param name="features">The frozen features of all items.</param>
    /// <param name="batch">The batch in these tables.</param>
    /// <returns>A scalar with gradients for <paramref name="modalItems"/>; the caller owns it.</returns>
    public Tensor Compute(Tensor modalItems, ModalFeatures features, BatchRows batch)
    {
        ArgumentNullException.ThrowIfNull(modalItems);
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(batch);
        TableShape.ThrowIfNoTable(modalItems, nameof(modalItems));
        long expected = batch.Rows.IsAll ? features.ItemCount : batch.Rows.Items.Length;
        if (modalItems.shape[0] != expected)
        {
            throw new ArgumentException(
                $"Expected the rows of the batch's {expected} items, got {modalItems.shape[0]}.", nameof(modalItems));
        }

        using DisposeScope scope = NewDisposeScope();
        int[] places = batch.SampleDistinctItems(_options.MaxItems);
        int[] items = batch.Rows.IsAll ? places : Array.ConvertAll(places, place => batch.Rows.Items[place]);
        var (target, counts) = FeatureSimilarity(features, items, Modalities);
        return Compare(modalItems.SelectRows(places).NormalizeRows(), target, counts).MoveToOuterDisposeScope();
    }

    /// <summary>The mean over modalities of the cosines between frozen features; a pair without a common modality doesn't count.</summary>
    /// <returns>The target, [n, n], and 1 for pairs that count, 0 for others; <see langword="null"/> where all do.</returns>
    internal static (Tensor Target, Tensor? Counts) FeatureSimilarity(
        ModalFeatures features, int[] items, IReadOnlyList<int>? modalities = null)
    {
        using DisposeScope scope = NewDisposeScope();
        modalities ??= [.. Enumerable.Range(0, features.ModalityCount)];
        Tensor? sum = null, count = null;
        foreach (int m in modalities)
        {
            Tensor rows = features.Values[m].SelectRows(items), present = features.Present[m].SelectRows(items);
            Tensor similarity = LinearFunction.Apply(rows, rows, null).Times(1.0 / rows.shape[1]), both = matmul(present, present.t());
            sum = sum is null ? similarity : sum.Plus(similarity);
            count = count is null ? both : count.Plus(both);
        }

        Tensor target = (sum! / count!.Plus(1e-12)).MoveToOuterDisposeScope();
        return (target, Common([.. modalities.Select(m => features.Sources[m])], items) is { } common
            ? tensor(common, items.Length, items.Length, device: CPU).to(target.device).MoveToOuterDisposeScope()
            : null);
    }

    /// <summary>1 for pairs of items with a common modality, 0 for others; <see langword="null"/> where every pair has one.</summary>
    private static float[]? Common(ItemFeatures[] features, int[] items)
    {
        if (features.Any(f => items.All(item => f.Present[item])))
            return null;
        var common = new float[items.Length * items.Length];
        for (int a = 0; a < items.Length; a++)
        {
            for (int b = 0; b < items.Length; b++)
                common[(a * items.Length) + b] = features.Any(f => f.Present[items[a]] && f.Present[items[b]]) ? 1 : 0;
        }

        return common;
    }

    /// <param name="rows">[n, D]: modal representations of length 1.</param>
    /// <param name="target">[n, n]: the similarities that they are held to.</param>
    /// <param name="counts">[n, n]: 1 for pairs that count, 0 for others; <see langword="null"/> for all.</param>
    private Tensor Compare(Tensor rows, Tensor target, Tensor? counts)
    {
        if (counts is null && OwnKernels.Run(rows))
            return SimilarityErrorFunction.Apply(rows, target);
        Tensor squares = (LinearFunction.Apply(rows, rows, null) - target).Squared();
        return counts is null ? squares.mean() : (squares * counts).sum() / counts.sum().Plus(1e-12);
    }
}
