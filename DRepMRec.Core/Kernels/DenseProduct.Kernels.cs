using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DRepMRec.Kernels;

/// <content>The inner loops: sums of one or more rows of A stay in registers, step by step through a panel of B. Where more is true, C is
/// added to.</content>
internal static unsafe partial class DenseProduct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight512(float* p, nint r, nint step, int depth, float* panel, nint next, float* c, long stride, bool more)
    {
        Vector512<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        Vector512<float> e0 = default, e1 = default, f0 = default, f1 = default, g0 = default, g1 = default, h0 = default, h1 = default;
        float* t = c + (4 * stride);
        if (more)
        {
            (a0, a1, b0, b1) = (Vector512.Load(c), Vector512.Load(c + 16), Vector512.Load(c + stride), Vector512.Load(c + stride + 16));
            (c0, c1) = (Vector512.Load(c + (2 * stride)), Vector512.Load(c + (2 * stride) + 16));
            (d0, d1) = (Vector512.Load(c + (3 * stride)), Vector512.Load(c + (3 * stride) + 16));
            (e0, e1, f0, f1) = (Vector512.Load(t), Vector512.Load(t + 16), Vector512.Load(t + stride), Vector512.Load(t + stride + 16));
            (g0, g1) = (Vector512.Load(t + (2 * stride)), Vector512.Load(t + (2 * stride) + 16));
            (h0, h1) = (Vector512.Load(t + (3 * stride)), Vector512.Load(t + (3 * stride) + 16));
        }

        nint r2 = 2 * r, r3 = 3 * r;
        float* q = p + (4 * r);
        for (int k = 0; k < depth; k++, p += step, q += step, panel += next)
        {
            Vector512<float> x = Vector512.Load(panel), y = Vector512.Load(panel + 16), s = Vector512.Create(*p);
            (a0, a1) = (Vector512.FusedMultiplyAdd(s, x, a0), Vector512.FusedMultiplyAdd(s, y, a1));
            s = Vector512.Create(p[r]);
            (b0, b1) = (Vector512.FusedMultiplyAdd(s, x, b0), Vector512.FusedMultiplyAdd(s, y, b1));
            s = Vector512.Create(p[r2]);
            (c0, c1) = (Vector512.FusedMultiplyAdd(s, x, c0), Vector512.FusedMultiplyAdd(s, y, c1));
            s = Vector512.Create(p[r3]);
            (d0, d1) = (Vector512.FusedMultiplyAdd(s, x, d0), Vector512.FusedMultiplyAdd(s, y, d1));
            s = Vector512.Create(*q);
            (e0, e1) = (Vector512.FusedMultiplyAdd(s, x, e0), Vector512.FusedMultiplyAdd(s, y, e1));
            s = Vector512.Create(q[r]);
            (f0, f1) = (Vector512.FusedMultiplyAdd(s, x, f0), Vector512.FusedMultiplyAdd(s, y, f1));
            s = Vector512.Create(q[r2]);
            (g0, g1) = (Vector512.FusedMultiplyAdd(s, x, g0), Vector512.FusedMultiplyAdd(s, y, g1));
            s = Vector512.Create(q[r3]);
            (h0, h1) = (Vector512.FusedMultiplyAdd(s, x, h0), Vector512.FusedMultiplyAdd(s, y, h1));
        }

        Store(c, a0, a1);
        Store(c + stride, b0, b1);
        Store(c + (2 * stride), c0, c1);
        Store(c + (3 * stride), d0, d1);
        Store(t, e0, e1);
        Store(t + stride, f0, f1);
        Store(t + (2 * stride), g0, g1);
        Store(t + (3 * stride), h0, h1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Vector512<float> low, Vector512<float> high)
    {
        low.Store(to);
        high.Store(to + 16);
    }

    /// <summary>Four rows and half a panel: where there are 16 registers, eight sums are all that fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four256(float* p, nint r, nint step, int depth, float* panel, nint next, float* c, long stride, bool more)
    {
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        if (more)
        {
            (a0, a1, b0, b1) = (Vector256.Load(c), Vector256.Load(c + 8), Vector256.Load(c + stride), Vector256.Load(c + stride + 8));
            (c0, c1) = (Vector256.Load(c + (2 * stride)), Vector256.Load(c + (2 * stride) + 8));
            (d0, d1) = (Vector256.Load(c + (3 * stride)), Vector256.Load(c + (3 * stride) + 8));
        }

        nint r2 = 2 * r, r3 = 3 * r;
        for (int k = 0; k < depth; k++, p += step, panel += next)
        {
            Vector256<float> x = Vector256.Load(panel), y = Vector256.Load(panel + 8), s = Vector256.Create(*p);
            (a0, a1) = (Vector256.FusedMultiplyAdd(s, x, a0), Vector256.FusedMultiplyAdd(s, y, a1));
            s = Vector256.Create(p[r]);
            (b0, b1) = (Vector256.FusedMultiplyAdd(s, x, b0), Vector256.FusedMultiplyAdd(s, y, b1));
            s = Vector256.Create(p[r2]);
            (c0, c1) = (Vector256.FusedMultiplyAdd(s, x, c0), Vector256.FusedMultiplyAdd(s, y, c1));
            s = Vector256.Create(p[r3]);
            (d0, d1) = (Vector256.FusedMultiplyAdd(s, x, d0), Vector256.FusedMultiplyAdd(s, y, d1));
        }

        Store(c, a0, a1);
        Store(c + stride, b0, b1);
        Store(c + (2 * stride), c0, c1);
        Store(c + (3 * stride), d0, d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Vector256<float> low, Vector256<float> high)
    {
        low.Store(to);
        high.Store(to + 8);
    }

    /// <summary>One row and a whole panel: two vectors of 16, or four of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<T>(float* p, nint step, int depth, float* panel, nint next, float* c, bool more)
        where T : struct, IVector<T>
    {
        T s0 = more ? T.Load(c) : default, s1 = more ? T.Load(c + T.Count) : default, s2 = default, s3 = default;
        if (T.Count == 8 && more)
            (s2, s3) = (T.Load(c + 16), T.Load(c + 24));
        for (int k = 0; k < depth; k++, p += step, panel += next)
        {
            var s = T.Create(*p);
            s0 = T.MultiplyAdd(s, T.Load(panel), s0);
            s1 = T.MultiplyAdd(s, T.Load(panel + T.Count), s1);
            if (T.Count == 8)
            {
                s2 = T.MultiplyAdd(s, T.Load(panel + 16), s2);
                s3 = T.MultiplyAdd(s, T.Load(panel + 24), s3);
            }
        }

        s0.Store(c);
        s1.Store(c + T.Count);
        if (T.Count == 8)
        {
            s2.Store(c + 16);
            s3.Store(c + 24);
        }
    }

    private static void OnePlain(float* p, nint step, int depth, float* panel, nint next, float* c, bool more)
    {
        for (int lane = 0; lane < Lanes; lane++)
        {
            float s = more ? c[lane] : 0;
            for (int k = 0; k < depth; k++)
                s = MathF.FusedMultiplyAdd(p[k * step], panel[(k * next) + lane], s);
            c[lane] = s;
        }
    }
}
