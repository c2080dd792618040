using DRepMRec.Graphs;
using DRepMRec.Kernels;

namespace DRepMRec.ItemToItem;

/// <summary>Collects rows of weights, the largest of each, from several threads at once.</summary>
/// <param name="items">The number of items I.</param>
/// <param name="kept">How many weights of a row are kept.</param>
internal sealed class ItemWeights(int items, int kept)
{
    private readonly (int[] Items, float[] Values)[] _rows = new (int[], float[])[items];

    /// <summary>Room for choosing the largest weights of one row after the other.</summary>
    public TopK NewSelection() => new(Math.Min(kept, items), float.Epsilon);

    /// <summary>Sets a row.</summary>
    /// <param name="row">Its item.</param>
    /// <param name="others">The other items, ascending.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="selection">The thread's own.</param>
    public void Set(int row, ReadOnlySpan<int> others, ReadOnlySpan<float> weights, TopK selection)
    {
        int[] places = Largest(weights, selection);
        var (chosen, values) = (new int[places.Length], new float[places.Length]);
        for (int n = 0; n < places.Length; n++)
            (chosen[n], values[n]) = (others[places[n]], weights[places[n]]);
        _rows[row] = (chosen, values);
    }

    /// <summary>[I, I], with the rows that were set.</summary>
    /// <exception cref="ArgumentException">There are more weights than an array holds.</exception>
    public CsrMatrix ToMatrix()
    {
        long count = _rows.Sum(r => (long)(r.Values?.Length ?? 0));
        if (count > Array.MaxLength)
        {
            throw new ArgumentException($"{items} items have {count} weights, more than the {Array.MaxLength} of one matrix: expected "
                + $"fewer {nameof(ItemToItemOptions.KeptWeights)}.");
        }

        var offsets = new int[items + 1];
        var (columns, values) = (new int[count], new float[count]);
        for (int item = 0; item < items; item++)
        {
            var (others, own) = _rows[item];
            others?.CopyTo(columns, offsets[item]);
            own?.CopyTo(values, offsets[item]);
            offsets[item + 1] = offsets[item] + (own?.Length ?? 0);
        }

        return new CsrMatrix(items, items, offsets, columns, values);
    }

    private int[] Largest(ReadOnlySpan<float> weights, TopK selection)
    {
        if (kept >= weights.Length)
        {
            var all = new List<int>();
            for (int n = 0; n < weights.Length; n++)
            {
                if (weights[n] != 0)
                    all.Add(n);
            }

            return [.. all];
        }

        selection.Clear();
        for (int n = 0; n < weights.Length; n++)
            selection.Offer(Math.Abs(weights[n]), n);
        int[] largest = [.. selection.Ranked.ToArray().Select(r => r.Index)];
        Array.Sort(largest);
        return largest;
    }
}
