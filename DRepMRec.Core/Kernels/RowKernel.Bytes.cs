using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V16 = System.Runtime.Intrinsics.Vector512<float>;

namespace DRepMRec.Kernels;

/// <content>
/// The same over rows of bytes (<see cref="ByteRows"/>), a quarter of what is read: scores have the bits of those of the numbers that the
/// bytes stand for.
/// </content>
internal static unsafe partial class RowKernel
{
    private const int ByteBlock = 4 * Lanes;

    /// <summary>Scores of each query with each row of bytes: scores[q * stride + r].</summary>
    /// <param name="queries">[n, D].</param>
    /// <param name="queryCount">The number n of queries.</param>
    /// <param name="rows">[rowCount, D].</param>
    /// <param name="scales">[rowCount].</param>
    /// <param name="rowCount">The number of rows, any.</param>
    /// <param name="dimension">D.</param>
    /// <param name="scores">Overwritten.</param>
    /// <param name="stride">The distance between the scores of two queries.</param>
    /// <param name="panels"><see cref="BytePanelLength"/> floats of scratch.</param>
    /// <param name="path">The instructions.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyBytes(
        float* queries, int queryCount, sbyte* rows, float* scales, int rowCount, int dimension, float* scores, int stride, float* panels,
        SimdPath path)
    {
        int row = 0;
        if (path == SimdPath.Vector512 && Avx512F.IsSupported && queryCount == 1 && dimension % 64 == 0)
        {
            for (; row + Lanes <= rowCount; row += Lanes)
                Straight(queries, rows + (row * (long)dimension), scales + row, dimension, scores + row);
        }

        float* numbers = panels + PanelLength(dimension);
        for (int count; row < rowCount; row += count)
        {
            count = Math.Min(ByteBlock, rowCount - row);
            for (int r = 0; r < count; r++)
                ByteRows.Widen(rows + ((row + r) * (long)dimension), scales[row + r], dimension, numbers + (r * dimension), path);
            Multiply(queries, queryCount, numbers, count, dimension, scores + row, stride, panels, path);
        }
    }

    /// <summary>The number of floats in the panels of a product with rows of bytes: those of rows of numbers, and 64 of these.</summary>
    public static int BytePanelLength(int dimension) => PanelLength(dimension) + (ByteBlock * dimension);

    /// <summary>
    /// One query with 16 rows whose columns come in 64s. Four bytes of a row are transposed as one number would be, and taken apart where
    /// lanes are rows: as the uppermost byte of an integer each is 2^24 times itself.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Straight(float* q, sbyte* rows, float* scales, int dimension, float* target)
    {
        int words = dimension / 4;
        V16 sum = default, factors = Vector512.Load(scales) * Vector512.Create(1f / (1 << 24));
        for (int w = 0; w < words; w += 16)
        {
            float* r = (float*)rows + w;
            for (int row = 0; row < Lanes; row++)
                Sse.Prefetch0((byte*)(r + (row * (long)words)) + PrefetchBytes);
            Interleave(r, words, out V16 a0, out V16 a1, out V16 a2, out V16 a3);
            Interleave(r + (4 * (long)words), words, out V16 b0, out V16 b1, out V16 b2, out V16 b3);
            Interleave(r + (8 * (long)words), words, out V16 c0, out V16 c1, out V16 c2, out V16 c3);
            Interleave(r + (12 * (long)words), words, out V16 d0, out V16 d1, out V16 d2, out V16 d3);
            Exchange(a0, b0, c0, d0, out V16 x0, out V16 x4, out V16 x8, out V16 x12);
            Exchange(a1, b1, c1, d1, out V16 x1, out V16 x5, out V16 x9, out V16 x13);
            Exchange(a2, b2, c2, d2, out V16 x2, out V16 x6, out V16 x10, out V16 x14);
            Exchange(a3, b3, c3, d3, out V16 x3, out V16 x7, out V16 x11, out V16 x15);
            float* v = q + (4 * w);
            sum = Four(v, x0, factors, sum);
            sum = Four(v + 4, x1, factors, sum);
            sum = Four(v + 8, x2, factors, sum);
            sum = Four(v + 12, x3, factors, sum);
            sum = Four(v + 16, x4, factors, sum);
            sum = Four(v + 20, x5, factors, sum);
            sum = Four(v + 24, x6, factors, sum);
            sum = Four(v + 28, x7, factors, sum);
            sum = Four(v + 32, x8, factors, sum);
            sum = Four(v + 36, x9, factors, sum);
            sum = Four(v + 40, x10, factors, sum);
            sum = Four(v + 44, x11, factors, sum);
            sum = Four(v + 48, x12, factors, sum);
            sum = Four(v + 52, x13, factors, sum);
            sum = Four(v + 56, x14, factors, sum);
            sum = Four(v + 60, x15, factors, sum);
        }

        sum.Store(target);
    }

    /// <summary>Four columns: the bytes of each lane, the lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V16 Four(float* q, V16 bytes, V16 factors, V16 sum)
    {
        Vector512<int> x = bytes.AsInt32(), upper = Vector512.Create(0xFF << 24);
        sum = Vector512.FusedMultiplyAdd(Vector512.Create(q[0]), Vector512.ConvertToSingle(x << 24) * factors, sum);
        sum = Vector512.FusedMultiplyAdd(Vector512.Create(q[1]), Vector512.ConvertToSingle((x << 16) & upper) * factors, sum);
        sum = Vector512.FusedMultiplyAdd(Vector512.Create(q[2]), Vector512.ConvertToSingle((x << 8) & upper) * factors, sum);
        return Vector512.FusedMultiplyAdd(Vector512.Create(q[3]), Vector512.ConvertToSingle(x & upper) * factors, sum);
    }
}
