using DRepMRec.Features;
using DRepMRec.Graphs;

namespace DRepMRec.Encoders;

/// <summary>
/// The constant matrices [I, I] that turn the gated features of a modality into its part of the items. They hold which items have the
/// modality, its weight among an item's modalities, the item itself and its neighbours, so that one sparse product does what would be five
/// passes over [I, D].
/// </summary>
internal sealed class ModalMixing
{
    private readonly CsrMatrix[] _items;
    private readonly CsrMatrix?[] _relations;

    /// <param name="features">The features.</param>
    /// <param name="options">The encoder's options. Under <see cref="ModalityWeighting.Learned"/> all weigh 1 here.</param>
    public ModalMixing(ModalFeatures features, ModalEncoderOptions options)
    {
        Features = features;
        float[][] weights = Weights(features, options);
        ItemsWithContent = [.. Enumerable.Range(0, features.ItemCount).Where(item => weights.Any(w => w[item] > 0))];
        int layers = options.Neighbors == 0 ? 0 : options.RelationLayers;
        _items = new CsrMatrix[weights.Length];
        _relations = new CsrMatrix?[weights.Length];
        for (int m = 0; m < weights.Length; m++)
        {
            float self = layers == 0 || options.KeepSelf ? 1 : 0;
            CsrMatrix? relations = layers == 0 ? null : features.Relations(m, options.Neighbors);
            _items[m] = Weighted(weights[m], self, layers == 1 ? relations : null);
            if (layers > 1)
                _relations[m] = Weighted(weights[m], 0, relations);
        }
    }

    /// <summary>The features that the matrices were made for.</summary>
    public ModalFeatures Features { get; }

    /// <summary>The items that have at least one modality which weighs something, ascending.</summary>
    public int[] ItemsWithContent { get; }

    /// <summary>The matrix that the gated features of a modality are multiplied with.</summary>
    public CsrMatrix Items(int modality) => _items[modality];

    /// <summary>The matrix of the last of several relation steps; <see langword="null"/> if <see cref="Items"/> has the only one.</summary>
    public CsrMatrix? LastRelations(int modality) => _relations[modality];

    /// <summary>Frees what was made of the matrices on a device.</summary>
    public void Release() => Propagation.Release([.. _items, .. _relations.OfType<CsrMatrix>()]);

    private static float[][] Weights(ModalFeatures features, ModalEncoderOptions options)
    {
        float[][] present = [.. features.Sources.Select(s => s.Present.ToArray().Select(p => p ? 1f : 0f).ToArray())];
        if (options.Weighting == ModalityWeighting.Learned)
            return present;
        double[] weights = options.Weighting == ModalityWeighting.Fixed ? [.. options.FixedWeights] : [.. present.Select(_ => 1.0)];
        double[] sums = [.. Enumerable.Range(0, features.ItemCount).Select(i => present.Select((p, m) => p[i] * weights[m]).Sum())];
        return [.. present.Select((p, m) => p.Select((has, i) => sums[i] > 0 ? (float)(has * weights[m] / sums[i]) : 0).ToArray())];
    }

    /// <summary>Row i is weights[i] times (self on the diagonal plus row i of the relations).</summary>
    private static CsrMatrix Weighted(float[] weights, float self, CsrMatrix? relations)
    {
        var entries = new List<(int Row, int Column, float Value)>(weights.Length + (relations?.NonZeroCount ?? 0));
        for (int row = 0; row < weights.Length; row++)
        {
            if (weights[row] == 0)
                continue;
            if (self != 0)
                entries.Add((row, row, self * weights[row]));
            for (int e = relations?.RowOffsets[row] ?? 0; e < (relations?.RowOffsets[row + 1] ?? 0); e++)
                entries.Add((row, relations!.Columns[e], relations.Values[e] * weights[row]));
        }

        return new CsrMatrix(weights.Length, weights.Length, entries);
    }
}
