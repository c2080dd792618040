namespace DRepMRec.Kernels;

/// <summary>
/// A list of rows turned round: for each row of a table the places of the list that name it, ascending. What is summed by rows can so be
/// shared between threads: each row has one owner, who adds in the order of the list.
/// </summary>
internal sealed class RowGroups
{
    private readonly int[] _starts;
    private readonly int[] _places;

    /// <param name="rows">The rows, in any order and any number of times.</param>
    /// <param name="rowCount">The number of rows of the table.</param>
    /// <exception cref="ArgumentOutOfRangeException">The table has no such row.</exception>
    public RowGroups(ReadOnlySpan<int> rows, int rowCount)
    {
        ThrowIfOutside(rows, rowCount);
        _starts = new int[rowCount + 1];
        foreach (int row in rows)
            _starts[row]++;

        // First where each row ends, then, place by place from the last, where it begins.
        for (int row = 1; row <= rowCount; row++)
            _starts[row] += _starts[row - 1];
        _places = new int[rows.Length];
        for (int place = rows.Length - 1; place >= 0; place--)
            _places[--_starts[rows[place]]] = place;
    }

    /// <summary>The places that name a row.</summary>
    /// <param name="row">The row.</param>
    public ReadOnlySpan<int> this[int row] => _places.AsSpan(_starts[row]..(row + 1 < _starts.Length ? _starts[row + 1] : _places.Length));

    /// <exception cref="ArgumentOutOfRangeException">The table has no such row.</exception>
    public static void ThrowIfOutside(ReadOnlySpan<int> rows, int rowCount)
    {
        foreach (int row in rows)
        {
            if ((uint)row >= (uint)rowCount)
                throw new ArgumentOutOfRangeException(nameof(rows), row, $"Expected rows from 0 to {rowCount - 1}.");
        }
    }
}
