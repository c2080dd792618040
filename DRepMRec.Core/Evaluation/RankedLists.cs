using DRepMRec.Data;

namespace DRepMRec.Evaluation;

/// <summary>The figure of one list, such as a mean over its items; NaN where the list isn't counted.</summary>
/// <param name="list">The indices of its items, the best first; at least one.</param>
public delegate double ListFigure(ReadOnlySpan<int> list);

/// <summary>The lists of all evaluated users, each at most as long as a metric's cut-off.</summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
public sealed class RankedLists
{
    private const int ListsPerThread = 64;
    private readonly int[] _items;
    private readonly int[] _lengths;
    private readonly int _width;
    private readonly int _k;
    private readonly int _threads;

    internal RankedLists(RecDataset data, int[] itemUsers, int[] items, int[] lengths, int k, int threads)
    {
        (Data, ItemUsers, _items, _lengths, _k, _threads) = (data, itemUsers, items, lengths, k, threads);
        _width = lengths.Length == 0 ? 0 : items.Length / lengths.Length;
    }

    /// <summary>The dataset.</summary>
    public RecDataset Data { get; }

    /// <summary>How many users have each item in training.</summary>
    public IReadOnlyList<int> ItemUsers { get; }

    /// <summary>The number of lists.</summary>
    public int Count => _lengths.Length;

    /// <summary>A list: the indices of its items, the best first; fewer than the cut-off where there are fewer candidates.</summary>
    /// <param name="n">From 0 to <see cref="Count"/> - 1, in the order of the evaluated users.</param>
    public ReadOnlySpan<int> this[int n] => _items.AsSpan(n * _width, Math.Min(_k, _lengths[n]));

    /// <summary>How often each item of the dataset is in a list.</summary>
    public int[] CountItems()
    {
        var counts = new int[Data.Items.Count];
        for (int n = 0; n < Count; n++)
        {
            foreach (int item in this[n])
                counts[item]++;
        }

        return counts;
    }

    /// <summary>The average of a figure over the lists that have one, summed in the order of users; NaN where none has.</summary>
    /// <param name="figure">The figure of a list, asked by several threads at once.</param>
    public double Average(ListFigure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        var figures = new double[Count];
        using (Parallelism.Use(_threads))
        {
            Parallelism.ForRanges(Count, ListsPerThread, (from, to) =>
            {
                for (int n = from; n < to; n++)
                    figures[n] = this[n].IsEmpty ? double.NaN : figure(this[n]);
            });
        }

        double sum = 0;
        int count = 0;
        foreach (double value in figures)
        {
            if (double.IsNaN(value))
                continue;
            sum += value;
            count++;
        }

        return sum / count;
    }

    internal RankedLists At(int k) => new(Data, (int[])ItemUsers, _items, _lengths, k, _threads);
}
