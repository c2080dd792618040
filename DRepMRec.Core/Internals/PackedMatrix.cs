using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DRepMRec.Internals;

/// <summary>Rows of a matrix packed in panels of 16, so that the dot products of a few query rows with all of them run at the speed of fused multiply-adds.</summary>
/// <remarks>Immutable and safe for use by many threads. A dot product is always summed in the same order, so results don't depend on how many queries are in a call.</remarks>
internal sealed unsafe class PackedMatrix
{
    private const int Lanes = 16;
    private const int QueryBlock = 6;
    private readonly float[] _panels;

    /// <summary>Which instructions to use; tests set it to compare the paths.</summary>
    internal enum Path
    {
        Plain,
        Vector256,
        Vector512,
    }

    private static Path BestPath { get; } = Vector512.IsHardwareAccelerated ? Path.Vector512 : Vector256.IsHardwareAccelerated || Vector128.IsHardwareAccelerated ? Path.Vector256 : Path.Plain;


    public PackedMatrix(ReadOnlySpan<float> rows, int rowCount, int dimension)
    {
        RowCount = rowCount;
        Dimension = dimension;
        int panels = (rowCount + Lanes - 1) / Lanes;
        _panels = GC.AllocateArray<float>(panels * Lanes * dimension, pinned: true);
        for (int row = 0; row < rowCount; row++)
        {
            int start = (row / Lanes * Lanes * dimension) + (row % Lanes);
            for (int d = 0; d < dimension; d++)
                _panels[start + (d * Lanes)] = rows[(row * dimension) + d];
        }
    }

    public int RowCount { get; }

    public int Dimension { get; }

    /// <summary>Dot products of each query with each row.</summary>
    /// <param name="queries">[n, D], one after the other.</param>
    /// <param name="count">The number n of queries.</param>
    /// <param name="scores">[n, rows], overwritten.</param>
    public void Multiply(ReadOnlySpan<float> queries, int count, Span<float> scores) => Multiply(queries, count, scores, BestPath);

    internal void Multiply(ReadOnlySpan<float> queries, int count, Span<float> scores, Path path)
    {
        fixed (float* q = queries, s = scores, p = _panels)
        {
            int row = 0;
            float* tail = stackalloc float[QueryBlock * Lanes];
            for (; row < RowCount; row += Lanes)
            {
                float* panel = p + ((long)row * Dimension);
                bool whole = row + Lanes <= RowCount;
                for (int first = 0; first < count; first += QueryBlock)
                {
                    int block = Math.Min(QueryBlock, count - first);
                    float* target = whole ? s + ((long)first * RowCount) + row : tail;
                    long stride = whole ? RowCount : Lanes;
                    Block(q + ((long)first * Dimension), block, panel, target, stride, path);
                    for (int i = 0; !whole && i < block; i++)
                        new ReadOnlySpan<float>(tail + (i * Lanes), RowCount - row).CopyTo(new Span<float>(s + ((long)(first + i) * RowCount) + row, RowCount - row));
                }
            }
        }
    }

    private void Block(float* queries, int count, float* panel, float* target, long stride, Path path)
    {
        if (count == QueryBlock && path == Path.Vector512)
        {
            Six512(queries, panel, target, stride);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            float* query = queries + ((long)i * Dimension), to = target + (i * stride);
            switch (path)
            {
                case Path.Vector512: One512(query, panel, to); break;
                case Path.Vector256: One256(query, panel, to); break;
                default: OnePlain(query, panel, to); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Six512(float* q, float* panel, float* target, long stride)
    {
        int n = Dimension;
        float* q1 = q + n, q2 = q1 + n, q3 = q2 + n, q4 = q3 + n, q5 = q4 + n;
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        for (int d = 0; d < n; d++)
        {
            var x = Vector512.Load(panel + (d * Lanes));
            s0 = Vector512.FusedMultiplyAdd(Vector512.Create(q[d]), x, s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Create(q1[d]), x, s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.Create(q2[d]), x, s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.Create(q3[d]), x, s3);
            s4 = Vector512.FusedMultiplyAdd(Vector512.Create(q4[d]), x, s4);
            s5 = Vector512.FusedMultiplyAdd(Vector512.Create(q5[d]), x, s5);
        }

        s0.Store(target);
        s1.Store(target + stride);
        s2.Store(target + (2 * stride));
        s3.Store(target + (3 * stride));
        s4.Store(target + (4 * stride));
        s5.Store(target + (5 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void One512(float* q, float* panel, float* target)
    {
        Vector512<float> s = default;
        for (int d = 0; d < Dimension; d++)
            s = Vector512.FusedMultiplyAdd(Vector512.Create(q[d]), Vector512.Load(panel + (d * Lanes)), s);
        s.Store(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void One256(float* q, float* panel, float* target)
    {
        Vector256<float> low = default, high = default;
        for (int d = 0; d < Dimension; d++)
        {
            var x = Vector256.Create(q[d]);
            low = Vector256.FusedMultiplyAdd(x, Vector256.Load(panel + (d * Lanes)), low);
            high = Vector256.FusedMultiplyAdd(x, Vector256.Load(panel + (d * Lanes) + 8), high);
        }

        low.Store(target);
        high.Store(target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void OnePlain(float* q, float* panel, float* target)
    {
        for (int lane = 0; lane < Lanes; lane++)
        {
            float s = 0;
            for (int d = 0; d < Dimension; d++)
                s += q[d] * panel[(d * Lanes) + lane];
            target[lane] = s;
        }
    }
}
