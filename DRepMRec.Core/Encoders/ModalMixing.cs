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

    /// <param name="features">The features.</param>
    /// <param name="options">The encoder's options.</param>
    public ModalMixing(ModalFeatures features, ModalEncoderOptions options)
    {
        Features = features;
        float[][] weights = Weights(features, options);
        ItemsWithContent = [.. Enumerable.Range(0, features.ItemCount).Where(item => weights.Any(w => w[item] > 0))];
        float self = options.Neighbors == 0 || options.KeepSelf ? 1 : 0;
        _items = [.. weights.Select((own, m)
            => Weighted(own, self, options.Neighbors == 0 ? null : features.Relations(m, options.Neighbors)))];
    }

    /// <summary>The features that the matrices were made for.</summary>
    public ModalFeatures Features { get; }

    /// <summary>The items that have at least one modality which weighs something, ascending.</summary>
    public int[] ItemsWithContent { get; }

    /// <summary>The matrix that the gated features of a modality are multiplied with.</summary>
    public CsrMatrix Items(int modality) => _items[modality];

    /// <summary>Frees what was made of the matrices on a device.</summary>
    public void Release() => Propagation.Release(_items);

    private static float[][] Weights(ModalFeatures features, ModalEncoderOptions options)
    {
        double[][] shares = [.. features.Sources.Select((source, m)
            => source.Present.ToArray().Select(has => has ? options.Weight(m) : 0).ToArray())];
        double[] sums = [.. Enumerable.Range(0, features.ItemCount).Select(i => shares.Sum(s => s[i]))];
        return [.. shares.Select(of => of.Select((share, i) => sums[i] > 0 ? (float)(share / sums[i]) : 0).ToArray())];
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
