using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec.Encoders;

public sealed partial class ModalEncoder
{
    // Beyond this share of the items, computing all of them costs no more than picking.
    private const double MaxPickedShare = 0.6;

    /// <inheritdoc/>
    /// <remarks>Users are made from the items they have; only these items, the ones asked for and their neighbours are computed.</remarks>
    public UserItemEmbeddings Encode(InteractionGraph graph, ModalFeatures features, RowSet rows, TrainingBatch? hidden)
    {
        if (rows.IsAll || _options.UserNeighbors > 0)
            return rows.Select(call(hidden is null ? graph : graph.Without(hidden.UserIndices, hidden.PositiveIndices), features));

        int[] items = rows.Items.ToArray();
        CsrMatrix history = BatchHistory.UserMeans(graph, rows, hidden);
        float[] cold = ColdRows(history);
        int[]? picked = cold.Contains(1) ? null : Pick(history, items);
        Tensor all = picked is null ? CombineModalities(features) : CombinePicked(features, picked);
        if (picked is not null)
            history = history.SelectColumns(picked);
        int[] places = picked is null ? items : Array.ConvertAll(items, i => Array.BinarySearch(picked, i));
        UserItemEmbeddings output = history.AppendUnitRows(places).Propagate(all).Split(history.RowCount);
        return cold.Contains(1)
            ? output with { Users = output.Users.Plus(tensor(cold, cold.Length, 1).to(all.device) * MeanItem(all, features)) }
            : output;
    }

    /// <summary>1 for rows without an entry, 0 for others.</summary>
    private static float[] ColdRows(CsrMatrix history)
    {
        var cold = new float[history.RowCount];
        for (int n = 0; n < cold.Length; n++)
            cold[n] = history.RowOffsets[n] == history.RowOffsets[n + 1] ? 1 : 0;
        return cold;
    }

    /// <summary>The items that rows are made from, ascending; <see langword="null"/> if most items are, or by more than one step.</summary>
    private int[]? Pick(CsrMatrix history, int[] items)
    {
        if (_options.Neighbors > 0 && _options.RelationLayers > 1)
            return null;
        var needed = new bool[history.ColumnCount];
        foreach (int item in items)
            needed[item] = true;
        foreach (int item in history.Columns)
            needed[item] = true;
        int count = needed.AsSpan().Count(true);
        return count > MaxPickedShare * needed.Length ? null : [.. Enumerable.Range(0, needed.Length).Where(i => needed[i])];
    }

    /// <summary><see cref="CombineModalities"/> for the picked items, from the features of the items that they are made of.</summary>
    private Tensor CombinePicked(ModalFeatures features, int[] picked)
    {
        var terms = new List<(CsrMatrix, Tensor)>[_gates.Count];
        for (int m = 0; m < terms.Length; m++)
        {
            CsrMatrix mixing = Mixing(features).Items(m).SelectRows(picked);
            int[] sources = mixing.UsedColumns();
            Tensor gated = _gates[m].call(features.Values[m].SelectRows(sources), _items?.SelectRows(sources));
            terms[m] = [(mixing.SelectColumns(sources), gated)];
        }

        return Weigh(terms, _weights is null ? [] : [.. features.Present.Select(p => p.SelectRows(picked))]);
    }
}
