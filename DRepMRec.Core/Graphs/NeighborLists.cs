using DRepMRec.Kernels;

namespace DRepMRec.Graphs;

/// <summary>At most k links per row, filled in any order by any thread, and the matrix that they make.</summary>
internal sealed class NeighborLists(int count, int k)
{
    private readonly int _width = Math.Min(k, Math.Max(0, count - 1));
    private readonly int[] _counts = new int[count];
    private readonly int[] _columns = new int[count * Math.Min(k, Math.Max(0, count - 1))];
    private readonly float[] _values = new float[count * Math.Min(k, Math.Max(0, count - 1))];

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
            (_columns[start + found], _values[start + found++]) = (names is null ? other : names[other], Math.Min(1, score)); // Rounding can bring a cosine above 1.
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
