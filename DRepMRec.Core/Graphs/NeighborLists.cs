using DRepMRec.Kernels;

namespace DRepMRec.Graphs;

/// <summary>At most k links per row, filled in any order by any thread, and the matrix that they make.</summary>
internal sealed class NeighborLists(int count, int k)
{
    private readonly int _width = Math.Min(k, Math.Max(0, count - 1));
    private readonly int[] _counts = new int[count];
    private readonly int[] _columns = new int[count * Math.Min(k, Math.Max(0, count - 1))];
    private readonly float[] _values = new float[count * Math.Min(k, Math.Max(0, count - 1))];

    /// <summary>Takes the links of a row over, those with a similarity above 0.</summary>
    /// <param name="row">The row.</param>
    /// <param name="best">The best others.</param>
    /// <param name="names">What the indices in <paramref name="best"/> stand for; <see langword="null"/> for themselves.</param>
    public void Set(int row, TopK best, int[]? names = null)
    {
        int found = 0, start = row * _width;
        for (; found < best.Count && best.Scores[found] > 0; found++)
        {
            _columns[start + found] = names is null ? best.Items[found] : names[best.Items[found]];
            _values[start + found] = Math.Min(1, best.Scores[found]); // A cosine that rounding brought above 1 is 1.
        }

        _counts[row] = found;
        Array.Sort(_columns, _values, start, found);
    }

    public CsrMatrix ToMatrix()
    {
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
