using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DRepMRec.Serving;

/// <summary>
/// Dot products of queries with contiguous rows, 16 rows at a time: the rows are transposed into a panel that stays in the first cache, so that one lane belongs to one row and each product is
/// summed in the order of its columns. A score therefore has the same bits however many queries, rows or lanes there are, and those of the evaluator.
/// </summary>
internal static unsafe class RowKernel
{
    /// <summary>The rows of a panel.</summary>
    public const int Lanes = 16;

    /// <summary>The queries that go over a panel at once.</summary>
    public const int QueryBlock = 6;

    /// <summary>Which instructions to use; tests set it to compare the paths.</summary>
    internal enum Path
    {
        Plain,
        Vector256,
        Vector512,
    }

    internal static Path BestPath { get; } = Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? Path.Vector512 : Vector128.IsHardwareAccelerated ? Path.Vector256 : Path.Plain;

    /// <summary>Scores of each query with each row: scores[q * stride + r].</summary>
    /// <param name="queries">[n, D].</param>
    /// <param name="queryCount">The number n of queries.</param>
    /// <param name="rows">[rowCount, D].</param>
    /// <param name="rowCount">The number of rows, any.</param>
    /// <param name="dimension">D.</param>
    /// <param name="scores">Overwritten.</param>
    /// <param name="stride">The distance between the scores of two queries.</param>
    /// <param name="panels">Room for 64 rows and 64 scores.</param>
    /// <param name="path">The instructions.</param>
    public static void Multiply(float* queries, int queryCount, float* rows, int rowCount, int dimension, float* scores, int stride, float* panels, Path path)
    {
        float* tail = panels + (4 * Lanes * dimension);
        int row = 0;
        if (path == Path.Vector512)
        {
            for (; row + (4 * Lanes) <= rowCount; row += 4 * Lanes)
            {
                for (int p = 0; p < 4; p++)
                    Pack(rows + ((row + (p * Lanes)) * (long)dimension), Lanes, dimension, panels + (p * Lanes * dimension), path);
                int q = 0;
                for (; q + QueryBlock <= queryCount; q += QueryBlock)
                {
                    for (int p = 0; p < 4; p += 2)
                        SixByTwo(queries + (q * dimension), panels + (p * Lanes * dimension), dimension, scores + (q * (long)stride) + row + (p * Lanes), stride);
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

    /// <summary>The number of floats that <see cref="Multiply"/> needs room for.</summary>
    public static int PanelRoom(int dimension) => (4 * Lanes * dimension) + (4 * Lanes);

    /// <summary>Transposes up to 16 rows: panel[d * 16 + r]. Rows that aren't there become 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Pack(float* rows, int count, int dimension, float* panel, Path path)
    {
        int d = 0;
        if (count == Lanes && path == Path.Vector512)
        {
            for (; d + 16 <= dimension; d += 16)
                Transpose16(rows + d, dimension, panel + (d * Lanes));
        }
        else if (count == Lanes && path == Path.Vector256 && Avx.IsSupported)
        {
            for (; d + 8 <= dimension; d += 8)
            {
                Transpose8(rows + d, dimension, panel + (d * Lanes));
                Transpose8(rows + (8 * (long)dimension) + d, dimension, panel + (d * Lanes) + 8);
            }
        }

        for (; d < dimension; d++)
        {
            for (int r = 0; r < Lanes; r++)
                panel[(d * Lanes) + r] = r < count ? rows[(r * (long)dimension) + d] : 0;
        }
    }

    /// <summary>16 x 16: pairs of rows, then fours, are interleaved within their 128-bit lanes, then the lanes are exchanged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose16(float* rows, long stride, float* to)
    {
        Fours fours = default;
        Span<Vector512<float>> u = fours;
        for (int g = 0; g < 4; g++)
        {
            float* r = rows + (4 * g * stride);
            Vector512<float> r0 = Vector512.Load(r), r1 = Vector512.Load(r + stride), r2 = Vector512.Load(r + (2 * stride)), r3 = Vector512.Load(r + (3 * stride));
            Vector512<double> low01 = Avx512F.UnpackLow(r0, r1).AsDouble(), high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
            Vector512<double> low23 = Avx512F.UnpackLow(r2, r3).AsDouble(), high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
            u[g] = Avx512F.UnpackLow(low01, low23).AsSingle();
            u[4 + g] = Avx512F.UnpackHigh(low01, low23).AsSingle();
            u[8 + g] = Avx512F.UnpackLow(high01, high23).AsSingle();
            u[12 + g] = Avx512F.UnpackHigh(high01, high23).AsSingle();
        }

        for (int c = 0; c < 4; c++)
        {
            Vector512<float> u0 = u[4 * c], u1 = u[(4 * c) + 1], u2 = u[(4 * c) + 2], u3 = u[(4 * c) + 3];
            Vector512<float> even01 = Avx512F.Shuffle4x128(u0, u1, 0x88), odd01 = Avx512F.Shuffle4x128(u0, u1, 0xDD);
            Vector512<float> even23 = Avx512F.Shuffle4x128(u2, u3, 0x88), odd23 = Avx512F.Shuffle4x128(u2, u3, 0xDD);
            Avx512F.Shuffle4x128(even01, even23, 0x88).Store(to + (c * Lanes));
            Avx512F.Shuffle4x128(odd01, odd23, 0x88).Store(to + ((4 + c) * Lanes));
            Avx512F.Shuffle4x128(even01, even23, 0xDD).Store(to + ((8 + c) * Lanes));
            Avx512F.Shuffle4x128(odd01, odd23, 0xDD).Store(to + ((12 + c) * Lanes));
        }
    }

    [InlineArray(16)]
    private struct Fours
    {
        private Vector512<float> _first;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8(float* rows, long stride, float* to)
    {
        Eights eights = default;
        Span<Vector256<float>> u = eights;
        for (int g = 0; g < 2; g++)
        {
            float* r = rows + (4 * g * stride);
            Vector256<float> r0 = Vector256.Load(r), r1 = Vector256.Load(r + stride), r2 = Vector256.Load(r + (2 * stride)), r3 = Vector256.Load(r + (3 * stride));
            Vector256<double> low01 = Avx.UnpackLow(r0, r1).AsDouble(), high01 = Avx.UnpackHigh(r0, r1).AsDouble();
            Vector256<double> low23 = Avx.UnpackLow(r2, r3).AsDouble(), high23 = Avx.UnpackHigh(r2, r3).AsDouble();
            u[g] = Avx.UnpackLow(low01, low23).AsSingle();
            u[2 + g] = Avx.UnpackHigh(low01, low23).AsSingle();
            u[4 + g] = Avx.UnpackLow(high01, high23).AsSingle();
            u[6 + g] = Avx.UnpackHigh(high01, high23).AsSingle();
        }

        for (int c = 0; c < 4; c++)
        {
            Avx.Permute2x128(u[2 * c], u[(2 * c) + 1], 0x20).Store(to + (c * Lanes));
            Avx.Permute2x128(u[2 * c], u[(2 * c) + 1], 0x31).Store(to + ((4 + c) * Lanes));
        }
    }

    [InlineArray(8)]
    private struct Eights
    {
        private Vector256<float> _first;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixByTwo(float* q, float* panel, int n, float* target, long stride)
    {
        float* q1 = q + n, q2 = q1 + n, q3 = q2 + n, q4 = q3 + n, q5 = q4 + n, other = panel + (Lanes * n);
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        for (int d = 0; d < n; d++)
        {
            Vector512<float> x = Vector512.Load(panel + (d * Lanes)), y = Vector512.Load(other + (d * Lanes)), v = Vector512.Create(q[d]);
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
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
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
    private static void One(float* q, float* panel, int n, float* target, Path path)
    {
        if (path == Path.Plain)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                float s = 0;
                for (int d = 0; d < n; d++)
                    s += q[d] * panel[(d * Lanes) + lane];
                target[lane] = s;
            }

            return;
        }

        Vector256<float> low = default, high = default;
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
