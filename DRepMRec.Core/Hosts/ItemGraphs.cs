using DRepMRec.Features;
using DRepMRec.Graphs;
using static TorchSharp.torch;

namespace DRepMRec.Hosts;

/// <summary>The frozen item graphs of FREEDOM and MGCN: each item with itself and its k - 1 nearest, normalised by row sums.</summary>
internal static class ItemGraphs
{
    /// <summary>The graph of one modality, S_ij / sqrt(d_i d_j), S being cosines (1 on the diagonal) or ones.</summary>
    public static CsrMatrix OfModality(ModalFeatures features, int modality, int neighbors, bool weighted)
    {
        CsrMatrix similar = features.Similarities(modality, neighbors - 1);
        var entries = new List<(int Row, int Column, float Value)>();
        var degrees = new double[similar.RowCount];
        for (int row = 0; row < similar.RowCount; row++)
        {
            entries.Add((row, row, 1));
            degrees[row] = 1;
            for (int e = similar.RowOffsets[row]; e < similar.RowOffsets[row + 1]; e++)
            {
                float value = weighted ? similar.Values[e] : 1;
                entries.Add((row, similar.Columns[e], value));
                degrees[row] += value;
            }
        }

        float Normalized((int Row, int Column, float Value) e) => (float)(e.Value / Math.Sqrt(degrees[e.Row] * degrees[e.Column]));
        return new CsrMatrix(similar.RowCount, similar.RowCount, [.. entries.Select(e => (e.Row, e.Column, Normalized(e)))]);
    }

    /// <summary>The weighted mean of the modalities' graphs with ones. Without weights all weigh the same.</summary>
    public static CsrMatrix Combine(ModalFeatures features, int neighbors, IReadOnlyList<double> weights)
    {
        int count = features.ModalityCount;
        if (weights.Count > 0 && weights.Count != count)
            throw new ArgumentException($"Expected {count} modality weights, one per modality, or none; got {weights.Count}.");
        if (weights.Any(w => !(w >= 0)) || !double.IsFinite(weights.Sum()) || (weights.Count > 0 && weights.All(w => w == 0)))
        {
            throw new ArgumentException(
                $"Modality weights must be 0 or above, not all 0, and of a finite sum; got {string.Join(", ", weights)}.");
        }

        double[] shares = [.. Enumerable.Range(0, count).Select(m => weights.Count == 0 ? 1.0 / count : weights[m] / weights.Sum())];
        var sum = new Dictionary<(int Row, int Column), float>();
        for (int m = 0; m < shares.Length; m++)
        {
            if (shares[m] == 0)
                continue;
            CsrMatrix graph = OfModality(features, m, neighbors, weighted: false);
            for (int row = 0; row < graph.RowCount; row++)
            {
                for (int e = graph.RowOffsets[row]; e < graph.RowOffsets[row + 1]; e++)
                {
                    var place = (row, graph.Columns[e]);
                    sum[place] = sum.GetValueOrDefault(place) + (float)(shares[m] * graph.Values[e]);
                }
            }
        }

        // A link of weight 0, as the smallest shares may be in single precision, is none: nothing comes along it.
        return new CsrMatrix(
            features.ItemCount, features.ItemCount, [.. sum.Where(e => e.Value != 0).Select(e => (e.Key.Row, e.Key.Column, e.Value))]);
    }

    /// <summary>
    /// The trainable rows of the items as far as positives have shaped them: rows of items that neither an interaction nor the item
    /// graphs lead to become 0, as they are first weights. Without such items the rows stay as they are.
    /// </summary>
    /// <param name="rows">The trainable rows of all items, [I, D].</param>
    /// <param name="graph">The interactions.</param>
    /// <param name="itemGraphs">The item graphs, each of which the rows spread over by itself.</param>
    /// <param name="layers">The number of steps along each item graph.</param>
    public static Tensor KeepReached(Tensor rows, InteractionGraph graph, IReadOnlyList<CsrMatrix> itemGraphs, int layers)
    {
        bool[] reached = [.. graph.ItemDegrees.Select(degree => degree > 0)];
        if (layers > 0)
        {
            bool[][] perGraph = [.. itemGraphs.Select(links => Reach(reached, links, layers))];
            reached = [.. reached.Select((_, item) => perGraph.Any(items => items[item]))];
        }

        float[] kept = [.. reached.Select(r => r ? 1f : 0f)];
        return reached.Contains(false) ? rows * tensor(kept, kept.Length, 1, device: CPU).to(rows.device) : rows;
    }

    private static bool[] Reach(bool[] start, CsrMatrix links, int layers)
    {
        bool[] reached = [.. start];
        List<int> border = [.. Enumerable.Range(0, start.Length).Where(item => start[item])];
        for (int layer = 0; layer < layers && border.Count > 0; layer++)
        {
            List<int> next = [];
            foreach (int row in border)
            {
                foreach (int column in links.Columns[links.RowOffsets[row]..links.RowOffsets[row + 1]])
                {
                    if (!reached[column])
                        next.Add(column);
                    reached[column] = true;
                }
            }

            border = next;
        }

        return reached;
    }
}
