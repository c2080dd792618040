namespace DRepMRec.Kernels;

/// <summary>Adds a part of a sparse row to a part of a dense one.</summary>
internal static class SparseSum
{
    /// <summary>Adds the entries of columns [first, first + target.Length), times a factor; the bits don't depend on the range.</summary>
    /// <param name="columns">The columns of the row, ascending.</param>
    /// <param name="values">Their values.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="first">The column of the first target.</param>
    /// <param name="target">What is added to.</param>
    public static void Add(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, float factor, int first, Span<float> target)
    {
        int at = FirstAtLeast(columns, first), end = columns.Length;
        values = values[..end];
        for (; at < end; at++)
        {
            int place = columns[at] - first;
            if ((uint)place >= (uint)target.Length)
                return;
            target[place] = MathF.FusedMultiplyAdd(values[at], factor, target[place]);
        }
    }

    /// <summary>The value of a column, 0 where there is none.</summary>
    public static float ValueAt(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, int column)
        => columns.BinarySearch(column) is >= 0 and int at ? values[at] : 0;

    private static int FirstAtLeast(ReadOnlySpan<int> columns, int column)
    {
        int at = columns.BinarySearch(column);
        return at < 0 ? ~at : at;
    }
}
