namespace DRepMRec.Losses;

/// <summary>For each row of a batch, the places among shared negatives that don't count, such as items that the row's user has.</summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
public sealed class ExcludedPairs
{
    private readonly (int Start, int Count)[] _rows;
    private readonly int[] _places;

    private ExcludedPairs((int Start, int Count)[] rows, int[] places) => (_rows, _places) = (rows, places);

    /// <summary>Nothing is left out.</summary>
    public static ExcludedPairs None { get; } = new([], []);

    /// <summary>Row n leaves out place n: where each row is its own positive's place among the negatives.</summary>
    /// <param name="count">The number of rows.</param>
    public static ExcludedPairs Diagonal(int count)
        => new([.. Enumerable.Range(0, count).Select(n => (n, 1))], [.. Enumerable.Range(0, count)]);

    /// <summary>Takes pairs in any order.</summary>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="pairs">Rows and the places that they leave out.</param>
    /// <exception cref="ArgumentException">There is no such row, or a place is negative.</exception>
    public static ExcludedPairs Of(int rowCount, IReadOnlyCollection<(int Row, int Place)> pairs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentNullException.ThrowIfNull(pairs);
        foreach (var (row, place) in pairs)
        {
            if ((uint)row >= (uint)rowCount || place < 0)
            {
                throw new ArgumentException(
                    $"Expected rows from 0 to {rowCount - 1} and places from 0, got ({row}, {place}).", nameof(pairs));
            }
        }

        var lists = pairs.ToLookup(p => p.Row, p => p.Place);
        var builder = new Builder(rowCount);
        for (int row = 0; row < rowCount; row++)
        {
            foreach (int place in lists[row])
                builder.Add(place);
            builder.EndRow();
        }

        return builder.Build();
    }

    /// <summary>The places that a row leaves out.</summary>
    /// <param name="row">The row.</param>
    public ReadOnlySpan<int> this[int row] => row < _rows.Length ? _places.AsSpan(_rows[row].Start, _rows[row].Count) : [];

    /// <summary>Refuses places that there aren't.</summary>
    /// <param name="count">The number of places.</param>
    /// <exception cref="ArgumentException">A row leaves out a place from <paramref name="count"/> on.</exception>
    internal void ThrowIfBeyond(int count)
    {
        foreach (int place in _places)
        {
            if (place >= count)
                throw new ArgumentException($"Expected places from 0 to {count - 1} to leave out, got {place}.", "excluded");
        }
    }

    /// <summary>The lists for other rows: row n has the list of row <paramref name="source"/>[n].</summary>
    internal ExcludedPairs Spread(int[] source) => _rows.Length == 0 ? this : new(
        Array.ConvertAll(source, s => s < _rows.Length ? _rows[s] : default), _places);

    /// <summary>Takes the rows in turn.</summary>
    internal sealed class Builder(int rowCount)
    {
        private readonly (int Start, int Count)[] _rows = new (int, int)[rowCount];
        private readonly List<int> _places = [];
        private int _row;
        private int _start;

        public void Add(int place) => _places.Add(place);

        public void EndRow()
        {
            _rows[_row++] = (_start, _places.Count - _start);
            _start = _places.Count;
        }

        public ExcludedPairs Build() => new(_rows, [.. _places]);
    }
}
