using DRepMRec.Internals;

namespace DRepMRec.Kernels;

/// <summary>Rows of a matrix packed for <see cref="DenseProduct"/>, for fast dot products of a few query rows with all of them.</summary>
/// <remarks>Immutable and safe for use by many threads. Results don't depend on the number of queries in a call.</remarks>
internal sealed unsafe class PackedMatrix
{
    private readonly float[] _panels;

    public PackedMatrix(ReadOnlySpan<float> rows, int rowCount, int dimension)
    {
        RowCount = rowCount;
        Dimension = dimension;
        _panels = Allocations.Pinned<float>(checked((int)DenseProduct.PackedLength(dimension, rowCount)));
        fixed (float* source = rows, panels = _panels)
            DenseProduct.Pack(DenseProduct.Operand.Of(source, dimension).Transposed, dimension, rowCount, panels);
    }

    public int RowCount { get; }

    public int Dimension { get; }

    /// <summary>Dot products of each query with each row.</summary>
    /// <param name="queries">[n, D], one after the other.</param>
    /// <param name="count">The number n of queries.</param>
    /// <param name="scores">[n, rows], overwritten.</param>
    public void Multiply(ReadOnlySpan<float> queries, int count, Span<float> scores)
        => Multiply(queries, count, 0, RowCount, scores, SimdPaths.Best);

    /// <summary>The products with a range of the rows.</summary>
    /// <param name="queries">[n, D], one after the other.</param>
    /// <param name="count">The number n of queries.</param>
    /// <param name="firstRow">The first of the rows, a multiple of <see cref="DenseProduct.Lanes"/>.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="scores">[n, rows], overwritten.</param>
    public void Multiply(ReadOnlySpan<float> queries, int count, int firstRow, int rows, Span<float> scores)
        => Multiply(queries, count, firstRow, rows, scores, SimdPaths.Best);

    internal void Multiply(ReadOnlySpan<float> queries, int count, int firstRow, int rows, Span<float> scores, SimdPath path)
    {
        if (scores.Length < (long)count * rows || queries.Length < (long)count * Dimension)
        {
            string expected = $"{count} x {Dimension} query values and {count} x {rows} scores";
            throw new ArgumentException($"Expected {expected}, got {queries.Length} and {scores.Length}.", nameof(scores));
        }

        fixed (float* q = queries, s = scores, p = _panels)
        {
            var left = DenseProduct.Operand.Of(q, Dimension);
            var right = DenseProduct.Panels.Packed(p + ((long)firstRow * Dimension), Dimension);
            DenseProduct.Serial(left, count, Dimension, right, rows, s, rows, path);
        }
    }
}
