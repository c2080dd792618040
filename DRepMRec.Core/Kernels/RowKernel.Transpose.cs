using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V16 = System.Runtime.Intrinsics.Vector512<float>;
using V8 = System.Runtime.Intrinsics.Vector256<float>;

namespace DRepMRec.Kernels;

internal static unsafe partial class RowKernel
{
    /// <summary>Transposes up to 16 rows: panel[d * 16 + r]. Rows that aren't there become 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Pack(float* rows, int count, int dimension, float* panel, SimdPath path)
    {
        int d = 0;
        if (count == Lanes && path == SimdPath.Vector512)
        {
            for (; d + 16 <= dimension; d += 16)
                Transpose16(rows + d, dimension, panel + (d * Lanes));
        }
        else if (count == Lanes && path == SimdPath.Vector256 && Avx.IsSupported)
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

    /// <summary>16 x 16, in registers: rows are interleaved in fours within their 128-bit lanes, then the lanes are exchanged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose16(float* rows, long stride, float* to)
    {
        Interleave(rows, stride, out V16 a0, out V16 a1, out V16 a2, out V16 a3);
        Interleave(rows + (4 * stride), stride, out V16 b0, out V16 b1, out V16 b2, out V16 b3);
        Interleave(rows + (8 * stride), stride, out V16 c0, out V16 c1, out V16 c2, out V16 c3);
        Interleave(rows + (12 * stride), stride, out V16 d0, out V16 d1, out V16 d2, out V16 d3);
        Exchange(a0, b0, c0, d0, to);
        Exchange(a1, b1, c1, d1, to + Lanes);
        Exchange(a2, b2, c2, d2, to + (2 * Lanes));
        Exchange(a3, b3, c3, d3, to + (3 * Lanes));
    }

    /// <summary>Of four rows: lane l of the c-th result has their entries of column 4 l + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(float* rows, long stride, out V16 c0, out V16 c1, out V16 c2, out V16 c3)
    {
        V16 r0 = Vector512.Load(rows), r1 = Vector512.Load(rows + stride);
        V16 r2 = Vector512.Load(rows + (2 * stride)), r3 = Vector512.Load(rows + (3 * stride));
        Vector512<double> low01 = Avx512F.UnpackLow(r0, r1).AsDouble(), high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
        Vector512<double> low23 = Avx512F.UnpackLow(r2, r3).AsDouble(), high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
        c0 = Avx512F.UnpackLow(low01, low23).AsSingle();
        c1 = Avx512F.UnpackHigh(low01, low23).AsSingle();
        c2 = Avx512F.UnpackLow(high01, high23).AsSingle();
        c3 = Avx512F.UnpackHigh(high01, high23).AsSingle();
    }

    /// <summary>Puts lane l of four vectors together, for each l.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(V16 a, V16 b, V16 c, V16 d, out V16 x0, out V16 x1, out V16 x2, out V16 x3)
    {
        V16 evenAb = Avx512F.Shuffle4x128(a, b, 0x88), oddAb = Avx512F.Shuffle4x128(a, b, 0xDD);
        V16 evenCd = Avx512F.Shuffle4x128(c, d, 0x88), oddCd = Avx512F.Shuffle4x128(c, d, 0xDD);
        x0 = Avx512F.Shuffle4x128(evenAb, evenCd, 0x88);
        x1 = Avx512F.Shuffle4x128(oddAb, oddCd, 0x88);
        x2 = Avx512F.Shuffle4x128(evenAb, evenCd, 0xDD);
        x3 = Avx512F.Shuffle4x128(oddAb, oddCd, 0xDD);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(V16 a, V16 b, V16 c, V16 d, float* to)
    {
        Exchange(a, b, c, d, out V16 x0, out V16 x1, out V16 x2, out V16 x3);
        x0.Store(to);
        x1.Store(to + (4 * Lanes));
        x2.Store(to + (8 * Lanes));
        x3.Store(to + (12 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8(float* rows, long stride, float* to)
    {
        Interleave(rows, stride, out V8 a0, out V8 a1, out V8 a2, out V8 a3);
        Interleave(rows + (4 * stride), stride, out V8 b0, out V8 b1, out V8 b2, out V8 b3);
        Exchange(a0, b0, to);
        Exchange(a1, b1, to + Lanes);
        Exchange(a2, b2, to + (2 * Lanes));
        Exchange(a3, b3, to + (3 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(float* rows, long stride, out V8 c0, out V8 c1, out V8 c2, out V8 c3)
    {
        V8 r0 = Vector256.Load(rows), r1 = Vector256.Load(rows + stride);
        V8 r2 = Vector256.Load(rows + (2 * stride)), r3 = Vector256.Load(rows + (3 * stride));
        Vector256<double> low01 = Avx.UnpackLow(r0, r1).AsDouble(), high01 = Avx.UnpackHigh(r0, r1).AsDouble();
        Vector256<double> low23 = Avx.UnpackLow(r2, r3).AsDouble(), high23 = Avx.UnpackHigh(r2, r3).AsDouble();
        c0 = Avx.UnpackLow(low01, low23).AsSingle();
        c1 = Avx.UnpackHigh(low01, low23).AsSingle();
        c2 = Avx.UnpackLow(high01, high23).AsSingle();
        c3 = Avx.UnpackHigh(high01, high23).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(V8 a, V8 b, float* to)
    {
        Avx.Permute2x128(a, b, 0x20).Store(to);
        Avx.Permute2x128(a, b, 0x31).Store(to + (4 * Lanes));
    }
}
