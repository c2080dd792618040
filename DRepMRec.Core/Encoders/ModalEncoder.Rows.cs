using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec.Encoders;

public sealed partial class ModalEncoder
{
    // Beyond this share of the items, computing all of them costs no more than picking.
    private const double MostPicked = 0.6;

    /// <summary>What <see cref="forward"/> gives for the rows of a batch: the batch's users from the items they have, and of the items only those, the batch's own, and their neighbours.</summary>
    /// <param name="graph">The user-item graph.</param>
    /// <param name="features">The features of all items.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="hideTargets">Whether the interactions of the batch are left out of the graph.</param>
    internal UserItemEmbeddings ComputeRows(InteractionGraph graph, ModalFeatures features, BatchRows rows, bool hideTargets)
    {
        if (_options.UserNeighbors > 0)
            return rows.Select(call(hideTargets ? graph.Without(rows.Whole.UserIndices, rows.Whole.PositiveIndices) : graph, features));

        CsrMatrix history = BatchHistory.UserMeans(graph, rows, hideTargets);
        float[] cold = ColdRows(history);
        int[]? picked = cold.Contains(1) ? null : Pick(history, rows.Items);
        Tensor all = picked is null ? CombineModalities(features) : CombinePicked(features, picked);
        if (picked is not null)
            history = history.SelectColumns(picked);
        int[] places = picked is null ? rows.Items : Array.ConvertAll(rows.Items, i => Array.BinarySearch(picked, i));
        UserItemEmbeddings output = history.AppendUnitRows(places).Propagate(all).Split(history.RowCount);
        return cold.Contains(1) ? output with { Users = output.Users.Plus(tensor(cold, cold.Length, 1).to(all.device) * MeanItem(all, features)) } : output;
    }

    /// <summary>1 for rows without an entry, 0 for others.</summary>
    private static float[] ColdRows(CsrMatrix history)
    {
        var cold = new float[history.RowCount];
        for (int n = 0; n < cold.Length; n++)
            cold[n] = history.RowOffsets[n] == history.RowOffsets[n + 1] ? 1 : 0;
        return cold;
    }

    /// <summary>The items that a batch's rows are made from, ascending; <see langword="null"/> when they are most of all, or reach further than one step.</summary>
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
        return count > MostPicked * needed.Length ? null : [.. Enumerable.Range(0, needed.Length).Where(i => needed[i])];
    }

    /// <summary><see cref="CombineModalities"/> for some items, from the features of those that they are made of.</summary>
    private Tensor CombinePicked(ModalFeatures features, int[] picked)
    {
        Device device = features.AnyPresent.device;
        var terms = new List<(CsrMatrix, Tensor)>[_gates.Count];
        for (int m = 0; m < terms.Length; m++)
        {
            CsrMatrix mixing = Mixing(features).Items(m).SelectRows(picked);
            int[] sources = mixing.UsedColumns();
            Tensor rows = tensor(sources).to(device);
            terms[m] = [(mixing.SelectColumns(sources), _gates[m].call(features.Values[m].index_select(0, rows), _items?.index_select(0, rows)))];
        }

        Tensor places = tensor(picked).to(device);
        return Weigh(terms, _weights is null ? [] : [.. features.Present.Select(p => p.index_select(0, places))]);
    }
}
