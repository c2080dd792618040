using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V16 = System.Runtime.Intrinsics.Vector512<float>;
using V8 = System.Runtime.Intrinsics.Vector256<float>;

namespace DRepMRec.Kernels;

/// <summary>
/// Dot products of queries with contiguous rows, 16 rows at a time: the rows are transposed into a panel that stays in the first cache, so
/// that one lane belongs to one row and each product is summed in the order of its columns. A score therefore has the same bits however
/// many queries, rows or lanes there are, and the bits of the evaluator's score.
/// </summary>
internal static unsafe partial class RowKernel
{
    /// <summary>The rows of a panel.</summary>
    public const int Lanes = 16;

    /// <summary>The queries that go over a panel at once.</summary>
    public const int QueryBlock = 6;

    /// <summary>How many bytes ahead memory is asked for: measured, for the first-level cache and main memory alike.</summary>
    private const int PrefetchBytes = 20 << 10;

    /// <summary>Scores of each query with each row: scores[q * stride + r].</summary>
    /// <param name="queries">[n, D].</param>
    /// <param name="queryCount">The number n of queries.</param>
    /// <param name="rows">[rowCount, D].</param>
    /// <param name="rowCount">The number of rows, any.</param>
    /// <param name="dimension">D.</param>
    /// <param name="scores">Overwritten.</param>
    /// <param name="stride">The distance between the scores of two queries.</param>
    /// <param name="panels"><see cref="PanelLength"/> floats of scratch: 64 rows, transposed, and 64 scores.</param>
    /// <param name="path">The instructions.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        float* queries, int queryCount, float* rows, int rowCount, int dimension, float* scores, int stride, float* panels, SimdPath path)
    {
        float* tail = panels + (4 * Lanes * dimension);
        int row = 0;
        if (path == SimdPath.Vector512 && queryCount == 1 && dimension % 16 == 0)
        {
            for (; row + Lanes <= rowCount; row += Lanes)
                Straight(queries, rows + (row * (long)dimension), dimension, scores + row);
        }
        else if (path == SimdPath.Vector512)
        {
            for (; row + (4 * Lanes) <= rowCount; row += 4 * Lanes)
            {
                for (int p = 0; p < 4; p++)
                    Pack(rows + ((row + (p * Lanes)) * (long)dimension), Lanes, dimension, panels + (p * Lanes * dimension), path);
                int q = 0;
                for (; q + QueryBlock <= queryCount; q += QueryBlock)
                {
                    for (int p = 0; p < 4; p += 2)
                    {
                        float* target = scores + (q * (long)stride) + row + (p * Lanes);
                        SixByTwo(queries + (q * dimension), panels + (p * Lanes * dimension), dimension, target, stride);
                    }
                }

                for (; q < queryCount; q++)
                    OneByFour(queries + (q * dimension), panels, dimension, scores + (q * (long)stride) + row);
            }
        }

        for (; row < rowCount; row += Lanes)
        {
            int count = Math.Min(Lanes, rowCount - row);
            Pack(rows + (row * (long)dimension), count, dimension, panels, path);
            for (int q = 0; q < queryCount; q++)
            {
                float* target = scores + (q * (long)stride) + row;
                One(queries + (q * dimension), panels, dimension, count == Lanes ? target : tail, path);
                if (count < Lanes)
                    new ReadOnlySpan<float>(tail, count).CopyTo(new Span<float>(target, count));
            }
        }
    }

    /// <summary>The number of floats in the panels of <see cref="Multiply"/>.</summary>
    public static int PanelLength(int dimension) => (4 * Lanes * dimension) + (4 * Lanes);

    /// <summary>One query with 16 rows whose columns come in sixteens: transposed in registers and multiplied at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Straight(float* q, float* rows, int dimension, float* target)
    {
        V16 sum = default;
        for (int d = 0; d < dimension; d += 16)
        {
            float* r = rows + d;
            for (int row = 0; row < Lanes; row++)
                Sse.Prefetch0((byte*)(r + (row * (long)dimension)) + PrefetchBytes);
            Interleave(r, dimension, out V16 a0, out V16 a1, out V16 a2, out V16 a3);
            Interleave(r + (4 * (long)dimension), dimension, out V16 b0, out V16 b1, out V16 b2, out V16 b3);
            Interleave(r + (8 * (long)dimension), dimension, out V16 c0, out V16 c1, out V16 c2, out V16 c3);
            Interleave(r + (12 * (long)dimension), dimension, out V16 d0, out V16 d1, out V16 d2, out V16 d3);
            Exchange(a0, b0, c0, d0, out V16 x0, out V16 x4, out V16 x8, out V16 x12);
            Exchange(a1, b1, c1, d1, out V16 x1, out V16 x5, out V16 x9, out V16 x13);
            Exchange(a2, b2, c2, d2, out V16 x2, out V16 x6, out V16 x10, out V16 x14);
            Exchange(a3, b3, c3, d3, out V16 x3, out V16 x7, out V16 x11, out V16 x15);
            float* v = q + d;
            sum = Four(v, x0, x1, x2, x3, sum);
            sum = Four(v + 4, x4, x5, x6, x7, sum);
            sum = Four(v + 8, x8, x9, x10, x11, sum);
            sum = Four(v + 12, x12, x13, x14, x15, sum);
        }

        sum.Store(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V16 Four(float* q, V16 a, V16 b, V16 c, V16 d, V16 sum)
    {
        sum = Vector512.FusedMultiplyAdd(Vector512.Create(q[0]), a, sum);
        sum = Vector512.FusedMultiplyAdd(Vector512.Create(q[1]), b, sum);
        sum = Vector512.FusedMultiplyAdd(Vector512.Create(q[2]), c, sum);
        return Vector512.FusedMultiplyAdd(Vector512.Create(q[3]), d, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixByTwo(float* q, float* panel, int n, float* target, long stride)
    {
        float* q1 = q + n, q2 = q1 + n, q3 = q2 + n, q4 = q3 + n, q5 = q4 + n, other = panel + (Lanes * n);
        V16 a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        V16 b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        for (int d = 0; d < n; d++)
        {
            V16 x = Vector512.Load(panel + (d * Lanes)), y = Vector512.Load(other + (d * Lanes)), v = Vector512.Create(q[d]);
            (a0, b0) = (Vector512.FusedMultiplyAdd(v, x, a0), Vector512.FusedMultiplyAdd(v, y, b0));
            v = Vector512.Create(q1[d]);
            (a1, b1) = (Vector512.FusedMultiplyAdd(v, x, a1), Vector512.FusedMultiplyAdd(v, y, b1));
            v = Vector512.Create(q2[d]);
            (a2, b2) = (Vector512.FusedMultiplyAdd(v, x, a2), Vector512.FusedMultiplyAdd(v, y, b2));
            v = Vector512.Create(q3[d]);
            (a3, b3) = (Vector512.FusedMultiplyAdd(v, x, a3), Vector512.FusedMultiplyAdd(v, y, b3));
            v = Vector512.Create(q4[d]);
            (a4, b4) = (Vector512.FusedMultiplyAdd(v, x, a4), Vector512.FusedMultiplyAdd(v, y, b4));
            v = Vector512.Create(q5[d]);
            (a5, b5) = (Vector512.FusedMultiplyAdd(v, x, a5), Vector512.FusedMultiplyAdd(v, y, b5));
        }

        a0.Store(target);
        b0.Store(target + Lanes);
        a1.Store(target + stride);
        b1.Store(target + stride + Lanes);
        a2.Store(target + (2 * stride));
        b2.Store(target + (2 * stride) + Lanes);
        a3.Store(target + (3 * stride));
        b3.Store(target + (3 * stride) + Lanes);
        a4.Store(target + (4 * stride));
        b4.Store(target + (4 * stride) + Lanes);
        a5.Store(target + (5 * stride));
        b5.Store(target + (5 * stride) + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByFour(float* q, float* panel, int n, float* target)
    {
        float* p1 = panel + (Lanes * n), p2 = p1 + (Lanes * n), p3 = p2 + (Lanes * n);
        V16 s0 = default, s1 = default, s2 = default, s3 = default;
        for (int d = 0; d < n; d++)
        {
            var v = Vector512.Create(q[d]);
            s0 = Vector512.FusedMultiplyAdd(v, Vector512.Load(panel + (d * Lanes)), s0);
            s1 = Vector512.FusedMultiplyAdd(v, Vector512.Load(p1 + (d * Lanes)), s1);
            s2 = Vector512.FusedMultiplyAdd(v, Vector512.Load(p2 + (d * Lanes)), s2);
            s3 = Vector512.FusedMultiplyAdd(v, Vector512.Load(p3 + (d * Lanes)), s3);
        }

        s0.Store(target);
        s1.Store(target + Lanes);
        s2.Store(target + (2 * Lanes));
        s3.Store(target + (3 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(float* q, float* panel, int n, float* target, SimdPath path)
    {
        if (path == SimdPath.Plain)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                float s = 0;
                for (int d = 0; d < n; d++)
                    s = MathF.FusedMultiplyAdd(q[d], panel[(d * Lanes) + lane], s);
                target[lane] = s;
            }

            return;
        }

        V8 low = default, high = default;
        for (int d = 0; d < n; d++)
        {
            var v = Vector256.Create(q[d]);
            low = Vector256.FusedMultiplyAdd(v, Vector256.Load(panel + (d * Lanes)), low);
            high = Vector256.FusedMultiplyAdd(v, Vector256.Load(panel + (d * Lanes) + 8), high);
        }

        low.Store(target);
        high.Store(target + 8);
    }
}
