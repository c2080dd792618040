using DRepMRec.Kernels;

namespace DRepMRec.Graphs;

/// <summary>A sparse matrix in compressed sparse rows, single precision, columns ascending within a row.</summary>
/// <remarks>Immutable and safe for use by many threads. Without native memory unless a product ran on another device.</remarks>
public sealed class CsrMatrix
{
    private CsrMatrix? _transpose;

    /// <summary>Creates a matrix from entries in any order; entries at the same place are an error.</summary>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="columnCount">The number of columns.</param>
    /// <param name="entries">Row, column and value of each stored entry.</param>
    /// <exception cref="ArgumentException">An index is out of range or a place occurs twice.</exception>
    public CsrMatrix(int rowCount, int columnCount, IReadOnlyCollection<(int Row, int Column, float Value)> entries)
        : this(rowCount, columnCount, Compress(rowCount, columnCount, entries))
    {
    }

    /// <summary>Takes over arrays that are already in order.</summary>
    internal CsrMatrix(int rowCount, int columnCount, int[] rowOffsets, int[] columns, float[] values, bool symmetric = false)
        : this(rowCount, columnCount, new SparseRows(rowOffsets, columns, values)) => _transpose = symmetric ? this : null;

    private CsrMatrix(int rowCount, int columnCount, SparseRows arrays)
        => (RowCount, ColumnCount, Arrays) = (rowCount, columnCount, arrays);

    /// <summary>The number of rows.</summary>
    public int RowCount { get; }

    /// <summary>The number of columns.</summary>
    public int ColumnCount { get; }

    /// <summary>The number of stored entries.</summary>
    public int NonZeroCount => Arrays.Values.Length;

    /// <summary>Where each row begins in <see cref="Columns"/> and <see cref="Values"/>: one entry more than there are rows.</summary>
    public ReadOnlySpan<int> RowOffsets => Arrays.Offsets;

    /// <summary>The column of each stored entry.</summary>
    public ReadOnlySpan<int> Columns => Arrays.Columns;

    /// <summary>The value of each stored entry.</summary>
    public ReadOnlySpan<float> Values => Arrays.Values;

    /// <summary>The matrix as the kernels take it.</summary>
    internal SparseRows Arrays { get; }

    /// <summary>Whether the matrix was made for one step, so that nothing made from it is worth keeping.</summary>
    internal bool IsOfOneStep { get; init; }

    /// <summary>The transposed matrix; the matrix itself when it is known to be symmetric. Made at the first call and kept.</summary>
    public CsrMatrix Transpose()
    {
        if (_transpose is not null)
            return _transpose;

        var offsets = new int[ColumnCount + 1];
        foreach (int column in Columns)
            offsets[column + 1]++;
        for (int c = 0; c < ColumnCount; c++)
            offsets[c + 1] += offsets[c];

        int[] next = offsets[..^1];
        var columns = new int[NonZeroCount];
        var values = new float[NonZeroCount];
        var (rowOffsets, ownColumns, ownValues) = Arrays;
        for (int row = 0; row < RowCount; row++)
        {
            for (int e = rowOffsets[row]; e < rowOffsets[row + 1]; e++)
            {
                int at = next[ownColumns[e]]++;
                columns[at] = row;
                values[at] = ownValues[e];
            }
        }

        return _transpose = new CsrMatrix(ColumnCount, RowCount, offsets, columns, values) { _transpose = this };
    }

    /// <summary>A matrix with these places and other values, one for each stored entry.</summary>
    internal CsrMatrix WithValues(float[] values, bool symmetric = false)
        => new(RowCount, ColumnCount, Arrays.Offsets, Arrays.Columns, values, symmetric);

    /// <summary>A matrix of the given rows, in the order of their indices.</summary>
    internal CsrMatrix SelectRows(int[] rows)
    {
        var offsets = new int[rows.Length + 1];
        for (int n = 0; n < rows.Length; n++)
            offsets[n + 1] = offsets[n] + RowOffsets[rows[n] + 1] - RowOffsets[rows[n]];
        var columns = new int[offsets[^1]];
        var values = new float[offsets[^1]];
        for (int n = 0; n < rows.Length; n++)
        {
            Range own = RowOffsets[rows[n]]..RowOffsets[rows[n] + 1];
            Columns[own].CopyTo(columns.AsSpan(offsets[n]));
            Values[own].CopyTo(values.AsSpan(offsets[n]));
        }

        return new CsrMatrix(rows.Length, ColumnCount, offsets, columns, values) { IsOfOneStep = true };
    }

    /// <summary>The columns that have an entry, ascending.</summary>
    internal int[] UsedColumns()
    {
        var used = new bool[ColumnCount];
        foreach (int column in Columns)
            used[column] = true;
        var all = new int[used.AsSpan().Count(true)];
        for (int column = 0, next = 0; column < used.Length; column++)
        {
            if (used[column])
                all[next++] = column;
        }

        return all;
    }

    /// <summary>The rows of this matrix over fewer columns.</summary>
    /// <param name="columns">The columns that stay, ascending; every column that has an entry must be among them.</param>
    internal CsrMatrix SelectColumns(int[] columns)
    {
        var places = new int[ColumnCount];
        for (int place = 0; place < columns.Length; place++)
            places[columns[place]] = place;
        int[] own = Array.ConvertAll(Arrays.Columns, c => places[c]);
        return new CsrMatrix(RowCount, columns.Length, Arrays.Offsets, own, Arrays.Values) { IsOfOneStep = true };
    }

    /// <summary>The rows of this matrix, and below them, for each of the given columns, a row with a 1 in that column alone.</summary>
    internal CsrMatrix AppendUnitRows(int[] columns)
    {
        int rows = RowCount + columns.Length, entries = NonZeroCount + columns.Length;
        var (offsets, all, values) = (new int[rows + 1], new int[entries], new float[entries]);
        RowOffsets.CopyTo(offsets);
        for (int row = RowCount; row < rows; row++)
            offsets[row + 1] = offsets[row] + 1;
        Columns.CopyTo(all);
        columns.CopyTo(all, NonZeroCount);
        Values.CopyTo(values);
        values.AsSpan(NonZeroCount).Fill(1);
        return new CsrMatrix(rows, ColumnCount, offsets, all, values) { IsOfOneStep = true };
    }

    /// <summary>The rows of this matrix, and below them one with the same value in some columns, which ascend.</summary>
    internal CsrMatrix AppendRow(int[] columns, float value)
    {
        int[] offsets = [.. RowOffsets, NonZeroCount + columns.Length], all = [.. Columns, .. columns];
        var values = new float[all.Length];
        Values.CopyTo(values);
        values.AsSpan(NonZeroCount).Fill(value);
        return new CsrMatrix(RowCount + 1, ColumnCount, offsets, all, values) { IsOfOneStep = true };
    }

    /// <summary>The product with a dense row-major matrix of <paramref name="width"/> columns: y = A x, all of y overwritten.</summary>
    /// <param name="x">ColumnCount * width values.</param>
    /// <param name="y">RowCount * width values; may not overlap x.</param>
    /// <param name="width">The number of columns of x and y.</param>
    /// <exception cref="ArgumentException">A length doesn't match.</exception>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (x.Length != (long)ColumnCount * width || y.Length != (long)RowCount * width)
        {
            string expected = $"x of {ColumnCount} x {width} and y of {RowCount} x {width} values";
            throw new ArgumentException($"Expected {expected}; got {x.Length} and {y.Length}.");
        }

        unsafe
        {
            fixed (float* px = x, py = y)
                SparseDenseProduct.Multiply(Arrays, new SparseDenseProduct.Job { X = (nint)px, Target = (nint)py }, width);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{RowCount} x {ColumnCount}, {NonZeroCount} entries";

    private static SparseRows Compress(int rowCount, int columnCount, IReadOnlyCollection<(int Row, int Column, float Value)> entries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfNegative(columnCount);
        ArgumentNullException.ThrowIfNull(entries);
        var offsets = new int[rowCount + 1];
        foreach (var (row, column, _) in entries)
        {
            if ((uint)row >= (uint)rowCount || (uint)column >= (uint)columnCount)
                throw new ArgumentException($"The entry ({row}, {column}) lies outside of {rowCount} x {columnCount}.", nameof(entries));
            offsets[row + 1]++;
        }

        for (int r = 0; r < rowCount; r++)
            offsets[r + 1] += offsets[r];

        int[] next = offsets[..^1];
        var columns = new int[entries.Count];
        var values = new float[entries.Count];
        foreach (var (row, column, value) in entries)
        {
            columns[next[row]] = column;
            values[next[row]++] = value;
        }

        for (int r = 0; r < rowCount; r++)
        {
            int start = offsets[r], length = offsets[r + 1] - start;
            Array.Sort(columns, values, start, length);
            for (int e = start + 1; e < start + length; e++)
            {
                if (columns[e] == columns[e - 1])
                    throw new ArgumentException($"The place ({r}, {columns[e]}) occurs twice.", nameof(entries));
            }
        }

        return new SparseRows(offsets, columns, values);
    }
}
