using DRepMRec.Features;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Alignment;

/// <summary>
/// The Similarity-Supervised Signal (DRepMRec, arXiv 2404.11119): within the batch, the cosines between modal representations of items are
/// held to the cosines between their frozen features as <see cref="ModalFeatures"/> scales them, so that the modal line doesn't forget
/// which items are alike.
/// </summary>
/// <remarks>The target, the mean over the modalities that both items have, takes no gradient. Safe for use by many threads.</remarks>
public sealed class SimilaritySupervisedSignal
{
    private readonly SssOptions _options;

    /// <summary>Creates the signal.</summary>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    public SimilaritySupervisedSignal(SssOptions? options = null) => _options = options ?? new SssOptions();

    /// <summary>The weight of the signal in the loss.</summary>
    public double Weight => _options.Weight;

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
        using DisposeScope scope = NewDisposeScope();
        int[] places = batch.SampleDistinctItems(_options.MaxItems);
        int[] items = batch.Rows.IsAll ? places : Array.ConvertAll(places, place => batch.Rows.Items[place]);
        return Compare(modalItems.SelectRows(places).NormalizeRows(), FeatureSimilarity(features, items)).MoveToOuterDisposeScope();
    }

    /// <summary>The mean over modalities of the cosines between frozen features; a pair without a common modality has 0.</summary>
    internal static Tensor FeatureSimilarity(ModalFeatures features, int[] items)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? sum = null, count = null;
        for (int m = 0; m < features.ModalityCount; m++)
        {
            Tensor rows = features.Values[m].SelectRows(items), present = features.Present[m].SelectRows(items);
            Tensor similarity = LinearFunction.Apply(rows, rows, null).Times(1.0 / rows.shape[1]), both = matmul(present, present.t());
            sum = sum is null ? similarity : sum.Plus(similarity);
            count = count is null ? both : count.Plus(both);
        }

        return (sum! / count!.Plus(1e-12)).MoveToOuterDisposeScope();
    }

    /// <param name="rows">[n, D]: modal representations of length 1.</param>
    /// <param name="target">[n, n]: the similarities that they are held to.</param>
    private Tensor Compare(Tensor rows, Tensor target)
    {
        if (_options.Kind == SimilarityLossKind.MeanSquared && OwnKernels.Run(rows))
            return SimilarityErrorFunction.Apply(rows, target);
        Tensor modal = LinearFunction.Apply(rows, rows, null);
        return _options.Kind switch
        {
            SimilarityLossKind.MeanSquared => (modal - target).Squared().mean(),
            SimilarityLossKind.Frobenius => (modal - target).Squared().sum().Plus(1e-12).sqrt().Times(1.0 / modal.shape[0]),
            _ => (target.Times(1 / _options.Temperature).softmax(1) * modal.Times(1 / _options.Temperature).log_softmax(1))
                .sum(1).mean().neg(),
        };
    }
}
