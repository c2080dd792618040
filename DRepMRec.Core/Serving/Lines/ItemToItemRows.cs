using System.Runtime.InteropServices;
using DRepMRec.Graphs;
using DRepMRec.ItemToItem;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>The item-to-item part of a model: how much each item of a history speaks for each other item.</summary>
/// <param name="Form">Its numbers in the manifest.</param>
/// <param name="Offsets">Where the weights of each row of the file begin.</param>
/// <param name="Items">The items that are spoken for, ascending within a row.</param>
/// <param name="Values">Their weights.</param>
/// <param name="Residuals">For each item of the training 1 / P_jj, 0 where nothing is known of it.</param>
internal sealed record ItemToItemRows(
    ItemToItemForm Form, Block<long> Offsets, Block<int> Items, Block<float> Values, Block<float> Residuals)
{
    /// <summary>What is known of the rows behind the file's, one for each; <see langword="null"/> for one without content.</summary>
    public IReadOnlyList<AddedWeights?> Added { get; init; } = [];

    /// <summary>The number of rows of the file; those of <see cref="Added"/> are behind them.</summary>
    public int FileRows => (int)(Offsets.Length - 1);

    /// <summary>The part of a blend; <see langword="null"/> where the model stands alone.</summary>
    public static ItemToItemRows? Of(ItemToItemBlend? blend)
    {
        if (blend is null || blend.IsEmpty)
            return null;
        var form = new ItemToItemForm
        {
            Factor = blend.Factors.Part,
            Weight = blend.Weight,
            PopularityFactor = blend.Factors.Popularity,
            PopularityWeight = blend.PopularityWeight,
            L2 = blend.Options.L2,
            ContentWeight = blend.Options.ContentWeight,
            KeptWeights = blend.Options.KeptWeights,
        };
        CsrMatrix weights = blend.Factors.Part == 0 ? new(blend.Part.ItemCount, blend.Part.ItemCount, []) : blend.Part.Weights;
        return new ItemToItemRows(form, Block<long>.Copy(Array.ConvertAll(weights.RowOffsets.ToArray(), o => (long)o)),
            Block<int>.Copy(weights.Columns), Block<float>.Copy(weights.Values), Block<float>.Copy(blend.Part.Residuals));
    }

    /// <summary>The part over more rows, with the added ones among those of the file.</summary>
    /// <param name="rows">The number of rows: the file's, the added ones, and behind them rows of which nothing is known.</param>
    public ItemToItemRows Flatten(int rows)
    {
        if (rows == FileRows)
            return this;
        var offsets = new long[rows + 1];
        Offsets.Slice(0, Offsets.Length).CopyTo(offsets);
        offsets.AsSpan(FileRows + 1).Fill(offsets[FileRows]);
        var residuals = new float[rows];
        Residuals.Slice(0, FileRows).CopyTo(residuals);
        ItemToItemRows longer = this with
        {
            Offsets = Block<long>.Copy(offsets),
            Residuals = Block<float>.Copy(residuals),
            Added = [],
        };
        return longer.With([.. Added.Select((weights, n) => (FileRows + n, weights))]);
    }

    /// <summary>The part with weights of rows of the file that had none.</summary>
    /// <param name="known">The rows, ascending, with what is known of them now.</param>
    public ItemToItemRows With(IEnumerable<(int Row, AddedWeights? Weights)> known)
    {
        var more = new Dictionary<int, List<(int Item, float Value)>>();
        void Put(int source, int target, float value)
            => (CollectionsMarshal.GetValueRefOrAddDefault(more, source, out _) ??= []).Add((target, value));
        foreach (var (row, weights) in known)
        {
            for (int n = 0; n < weights?.Items.Length; n++)
            {
                if (weights.In[n] != 0)
                    Put(weights.Items[n], row, weights.In[n]);
                Put(row, weights.Items[n], weights.Out[n]);
            }
        }

        if (more.Count == 0)
            return this;
        long count = Items.Length + more.Values.Sum(row => (long)row.Count);
        var (offsets, items, values) = (new long[FileRows + 1], new int[count], new float[count]);
        for (int row = 0; row < FileRows; row++)
        {
            SparseRow old = RowOf(row);
            int next = (int)offsets[row], from = next;
            old.Items.CopyTo(items.AsSpan(next));
            old.Values.CopyTo(values.AsSpan(next));
            next += old.Items.Length;
            if (more.TryGetValue(row, out List<(int Item, float Value)>? own))
            {
                foreach (var (item, value) in own)
                    (items[next], values[next++]) = (item, value);
                items.AsSpan(from..next).Sort(values.AsSpan(from..next));
            }

            offsets[row + 1] = next;
        }

        return this with { Offsets = Block<long>.Copy(offsets), Items = Block<int>.Copy(items), Values = Block<float>.Copy(values) };
    }

    /// <summary>The part over some of the rows, the added ones among those of the file.</summary>
    /// <param name="rows">The rows, ascending.</param>
    public ItemToItemRows Select(int[] rows)
    {
        ItemToItemRows all = Flatten(FileRows + Added.Count);
        if (rows.Length == all.FileRows)
            return all;
        var places = new int[all.FileRows];
        places.AsSpan().Fill(-1);
        for (int place = 0; place < rows.Length; place++)
            places[rows[place]] = place;
        var (offsets, items, values) = (new List<long>(rows.Length + 1) { 0 }, new List<int>(), new List<float>());
        foreach (int row in rows)
        {
            SparseRow own = all.RowOf(row);
            for (int n = 0; n < own.Items.Length; n++)
            {
                if (places[own.Items[n]] >= 0)
                {
                    items.Add(places[own.Items[n]]);
                    values.Add(own.Values[n]);
                }
            }

            offsets.Add(items.Count);
        }

        return all with
        {
            Offsets = Block<long>.Copy([.. offsets]),
            Items = Block<int>.Copy([.. items]),
            Values = Block<float>.Copy([.. values]),
            Residuals = Block<float>.Copy([.. rows.Select(row => all.Residuals[row])]),
        };
    }

    /// <summary>The weights by which a row of the file speaks for others of the file.</summary>
    public SparseRow RowOf(int row)
    {
        long from = Offsets[row], length = Offsets[row + 1L] - from;
        return new SparseRow(Items.Slice(from, length), Values.Slice(from, length));
    }

    /// <summary>Whether a row has no weights, and training knew nothing of it.</summary>
    public bool IsUnknown(int row) => row < FileRows
        ? Residuals[row] == 0 && RowOf(row).Items.IsEmpty : AddedRow(row) is not { Items.Length: > 0 };

    /// <summary>The weight by which one item speaks for another, 0 where there is none.</summary>
    public float Weight(int source, int target)
    {
        if (target >= FileRows)
            return source >= FileRows ? 0 : AddedRow(target)?.From(source) ?? 0;
        if (source >= FileRows)
            return AddedRow(source)?.To(target) ?? 0;
        SparseRow row = RowOf(source);
        return SparseSum.ValueAt(row.Items, row.Values, target);
    }

    /// <summary>Adds the weights of an item, times a factor, to the scores of a range of rows.</summary>
    public void Add(int source, float factor, int first, Span<float> scores)
    {
        if (first >= FileRows)
        {
            for (int n = 0; n < scores.Length; n++)
            {
                if (Weight(source, first + n) is not 0 and float weight)
                    scores[n] = MathF.FusedMultiplyAdd(weight, factor, scores[n]);
            }
        }
        else if (source < FileRows)
        {
            SparseRow row = RowOf(source);
            SparseSum.Add(row.Items, row.Values, factor, first, scores);
        }
        else if (AddedRow(source) is { } added)
            SparseSum.Add(added.Items, added.Out, factor, first, scores);
    }

    private AddedWeights? AddedRow(int row)
        => row - FileRows < Added.Count ? Added[row - FileRows]
            : throw new ModelFileException($"The model is damaged: it refers to item {row} of {FileRows + Added.Count}.");

    /// <summary>A row of weights, ascending.</summary>
    public readonly ref struct SparseRow(ReadOnlySpan<int> items, ReadOnlySpan<float> values)
    {
        public ReadOnlySpan<int> Items { get; } = items;

        public ReadOnlySpan<float> Values { get; } = values;
    }
}

/// <summary>How an item that training never saw and items of the training speak for each other.</summary>
/// <param name="Items">The items of the training, ascending.</param>
/// <param name="In">The weights by which they speak for the new item.</param>
/// <param name="Out">The weights by which it speaks for them.</param>
internal sealed record AddedWeights(int[] Items, float[] In, float[] Out)
{
    public float From(int item) => SparseSum.ValueAt(Items, In, item);

    public float To(int item) => SparseSum.ValueAt(Items, Out, item);
}

/// <summary>The numbers of the item-to-item part in the manifest.</summary>
internal sealed record ItemToItemForm
{
    /// <summary>What the mean over the history is multiplied by, for a user's row of length 1.</summary>
    public float Factor { get; init; }

    /// <summary>The weight that validation chose, which the factor stands for.</summary>
    public double Weight { get; init; }

    /// <summary>What the popularity of an item is multiplied by, for a user's row of length 1.</summary>
    public float PopularityFactor { get; init; }

    /// <summary>The weight of popularity that validation chose, which its factor stands for.</summary>
    public double PopularityWeight { get; init; }

    /// <summary>Lambda.</summary>
    public double L2 { get; init; }

    /// <summary>Alpha.</summary>
    public double ContentWeight { get; init; }

    /// <summary>How many weights an item is spoken for by.</summary>
    public int KeptWeights { get; init; }
}
