using DRepMRec.Kernels;

namespace DRepMRec.Graphs;

/// <summary>At most k links per row, filled in any order by any thread, and the matrix that they make.</summary>
internal sealed class NeighborLists
{
    private readonly int _width;
    private readonly int[] _counts;
    private readonly int[] _columns;
    private readonly float[] _values;

    /// <summary>Makes room for the links of all rows.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="k">The most links per row.</param>
    /// <exception cref="ArgumentException">There are more links than a matrix can have.</exception>
    public NeighborLists(int count, int k)
    {
        _width = Math.Min(k, Math.Max(0, count - 1));
        long links = (long)count * _width;
        if (links > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{count} rows with {_width} neighbours each have {links} links, more than the {Array.MaxLength} of one matrix.");
        }

        _counts = new int[count];
        _columns = new int[links];
        _values = new float[links];
    }

    /// <summary>Takes the links of a row over that have a similarity above 0.</summary>
    /// <param name="row">The row.</param>
    /// <param name="best">The best others.</param>
    /// <param name="names">
    /// The row that each index in <paramref name="best"/> stands for; <see langword="null"/> where it is the index itself.
    /// </param>
    public void Set(int row, TopK best, int[]? names = null)
    {
        int found = 0, start = row * _width;
        foreach (var (score, other) in best.Ranked)
        {
            if (score <= 0)
                break;
            _columns[start + found] = names is null ? other : names[other];
            _values[start + found++] = Math.Min(1, score); // Rounding can bring a cosine above 1.
        }

        _counts[row] = found;
        Array.Sort(_columns, _values, start, found);
    }

    public CsrMatrix ToMatrix()
    {
        int count = _counts.Length;
        var offsets = new int[count + 1];
        for (int row = 0; row < count; row++)
            offsets[row + 1] = offsets[row] + _counts[row];
        var columns = new int[offsets[count]];
        var values = new float[offsets[count]];
        for (int row = 0; row < count; row++)
        {
            _columns.AsSpan(row * _width, _counts[row]).CopyTo(columns.AsSpan(offsets[row]));
            _values.AsSpan(row * _width, _counts[row]).CopyTo(values.AsSpan(offsets[row]));
        }

        return new CsrMatrix(count, count, offsets, columns, values);
    }
}
