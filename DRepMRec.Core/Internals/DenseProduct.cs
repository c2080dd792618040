using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace DRepMRec.Internals;

/// <summary>C = A B for dense matrices at the speed of fused multiply-adds: B is packed in panels of 32 columns, and eight rows of A times a panel stay in registers.</summary>
/// <remarks>Each element is summed in the order of k, one fused multiply-add after the other, on every path and for every number of threads and rows: the bits are always the same.</remarks>
internal static unsafe class DenseProduct
{
    /// <summary>The number of columns of a panel.</summary>
    public const int Lanes = 32;

    /// <summary>The number of rows of A that are taken at once.</summary>
    public const int RowBlock = 8;

    private const int DepthBlock = 256;

    [ThreadStatic]
    private static NativeBuffer? _panels;

    /// <summary>Which instructions to use; tests set it to compare the paths.</summary>
    internal enum Path
    {
        Plain,
        Vector256,
        Vector512,
    }

    public static Path BestPath { get; } = Vector512.IsHardwareAccelerated ? Path.Vector512 : Vector256.IsHardwareAccelerated || Vector128.IsHardwareAccelerated ? Path.Vector256 : Path.Plain;

    /// <summary>A matrix in memory, by the distance between its rows and between its columns, so that a transpose costs nothing.</summary>
    internal readonly record struct Operand(nint Start, nint RowStride, nint ColumnStride)
    {
        public static Operand Of(float* start, int columns) => new((nint)start, columns, 1);

        public Operand Transposed => new(Start, ColumnStride, RowStride);

        public float* At(long row, long column) => (float*)Start + (row * RowStride) + (column * ColumnStride);
    }

    /// <summary>The room that the panels of a [depth, columns] matrix take.</summary>
    public static long PackedLength(int depth, int columns) => (long)((columns + Lanes - 1) / Lanes) * Lanes * depth;

    /// <summary>Product of two tensors on the CPU, either of them transposed.</summary>
    /// <returns>A new [m, n] tensor.</returns>
    public static Tensor Multiply(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        int m = (int)a.shape[transposeA ? 1 : 0], depth = (int)a.shape[transposeA ? 0 : 1], n = (int)b.shape[transposeB ? 0 : 1];
        Tensor c = empty(m, n);
        Operand left = Operand.Of(a.Floats(), (int)a.shape[1]), right = Operand.Of(b.Floats(), (int)b.shape[1]);
        float* panels = (_panels ??= new NativeBuffer()).Of(PackedLength(depth, n));
        Pack(transposeB ? right.Transposed : right, depth, n, panels);
        Multiply(transposeA ? left.Transposed : left, m, depth, panels, n, c.Floats());
        return c;
    }

    /// <summary>Packs a [depth, columns] matrix; the last panel is filled up with zeros.</summary>
    public static void Pack(Operand b, int depth, int columns, float* panels)
    {
        nint start = (nint)panels;
        Parallelism.ForRanges((columns + Lanes - 1) / Lanes, minimumPerThread: 64, (from, to) =>
        {
            for (int panel = from; panel < to; panel++)
            {
                float* target = (float*)start + ((long)panel * Lanes * depth);
                int first = panel * Lanes, count = Math.Min(Lanes, columns - first);
                if (b.ColumnStride == 1 && count == Lanes)
                {
                    for (int k = 0; k < depth; k++)
                        new ReadOnlySpan<float>(b.At(k, first), Lanes).CopyTo(new Span<float>(target + ((long)k * Lanes), Lanes));
                    continue;
                }

                for (int lane = 0; lane < Lanes; lane++)
                {
                    float* source = b.At(0, first + lane);
                    for (int k = 0; k < depth; k++)
                        target[((long)k * Lanes) + lane] = lane < count ? source[k * b.RowStride] : 0;
                }
            }
        });
    }

    /// <summary>[m, depth] times packed [depth, n] to row-major [m, n], all overwritten.</summary>
    public static void Multiply(Operand a, int m, int depth, float* panels, int n, float* c)
    {
        nint p = (nint)panels, target = (nint)c;
        int perThread = Math.Max(RowBlock, (int)Math.Min(int.MaxValue, 2_000_000L / Math.Max(1, (long)depth * n)));
        Parallelism.ForRanges((m + RowBlock - 1) / RowBlock, Math.Max(1, perThread / RowBlock), (from, to) =>
        {
            int first = from * RowBlock, rows = Math.Min(m, to * RowBlock) - first;
            Serial(a with { Start = (nint)a.At(first, 0) }, rows, depth, (float*)p, n, (float*)target + ((long)first * n), n, BestPath);
        });
    }

    /// <summary>The same on the calling thread, with rows of C <paramref name="stride"/> apart.</summary>
    public static void Serial(Operand a, int m, int depth, float* panels, int n, float* c, long stride, Path path)
    {
        float* tail = stackalloc float[RowBlock * Lanes];
        for (int k = 0; k == 0 || k < depth; k += DepthBlock)
        {
            int length = Math.Min(DepthBlock, depth - k);
            for (int column = 0; column < n; column += Lanes)
            {
                float* panel = panels + ((long)column * depth) + ((long)k * Lanes);
                int columns = Math.Min(Lanes, n - column);
                for (int row = 0; row < m; row += RowBlock)
                {
                    int rows = Math.Min(RowBlock, m - row);
                    float* to = c + (row * stride) + column;
                    if (columns == Lanes)
                    {
                        Block(a.At(row, k), a, rows, length, panel, to, stride, k > 0, path);
                        continue;
                    }

                    for (int i = 0; k > 0 && i < rows; i++)
                        new ReadOnlySpan<float>(to + (i * stride), columns).CopyTo(new Span<float>(tail + (i * Lanes), columns));
                    Block(a.At(row, k), a, rows, length, panel, tail, Lanes, k > 0, path);
                    for (int i = 0; i < rows; i++)
                        new ReadOnlySpan<float>(tail + (i * Lanes), columns).CopyTo(new Span<float>(to + (i * stride), columns));
                }
            }
        }
    }

    private static void Block(float* from, Operand a, int rows, int depth, float* panel, float* to, long stride, bool more, Path path)
    {
        if (rows == RowBlock && path == Path.Vector512)
        {
            Eight512(from, a.RowStride, a.ColumnStride, depth, panel, to, stride, more);
            return;
        }

        int done = 0;
        if (path == Path.Vector256)
        {
            for (; done + 4 <= rows; done += 4)
            {
                Four256(from + (done * a.RowStride), a.RowStride, a.ColumnStride, depth, panel, to + (done * stride), stride, more);
                Four256(from + (done * a.RowStride), a.RowStride, a.ColumnStride, depth, panel + (Lanes / 2), to + (done * stride) + (Lanes / 2), stride, more);
            }
        }

        for (; done < rows; done++)
        {
            float* own = from + (done * a.RowStride), target = to + (done * stride);
            switch (path)
            {
                case Path.Vector512: One512(own, a.ColumnStride, depth, panel, target, more); break;
                case Path.Vector256: One256(own, a.ColumnStride, depth, panel, target, more); break;
                default: OnePlain(own, a.ColumnStride, depth, panel, target, more); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight512(float* p, nint r, nint step, int depth, float* panel, float* c, long stride, bool more)
    {
        Vector512<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        Vector512<float> e0 = default, e1 = default, f0 = default, f1 = default, g0 = default, g1 = default, h0 = default, h1 = default;
        float* t = c + (4 * stride);
        if (more)
        {
            (a0, a1, b0, b1) = (Vector512.Load(c), Vector512.Load(c + 16), Vector512.Load(c + stride), Vector512.Load(c + stride + 16));
            (c0, c1, d0, d1) = (Vector512.Load(c + (2 * stride)), Vector512.Load(c + (2 * stride) + 16), Vector512.Load(c + (3 * stride)), Vector512.Load(c + (3 * stride) + 16));
            (e0, e1, f0, f1) = (Vector512.Load(t), Vector512.Load(t + 16), Vector512.Load(t + stride), Vector512.Load(t + stride + 16));
            (g0, g1, h0, h1) = (Vector512.Load(t + (2 * stride)), Vector512.Load(t + (2 * stride) + 16), Vector512.Load(t + (3 * stride)), Vector512.Load(t + (3 * stride) + 16));
        }

        nint r2 = 2 * r, r3 = 3 * r;
        float* q = p + (4 * r);
        for (int k = 0; k < depth; k++, p += step, q += step, panel += Lanes)
        {
            Vector512<float> x = Vector512.Load(panel), y = Vector512.Load(panel + 16);
            var s = Vector512.Create(*p);
            a0 = Vector512.FusedMultiplyAdd(s, x, a0);
            a1 = Vector512.FusedMultiplyAdd(s, y, a1);
            s = Vector512.Create(p[r]);
            b0 = Vector512.FusedMultiplyAdd(s, x, b0);
            b1 = Vector512.FusedMultiplyAdd(s, y, b1);
            s = Vector512.Create(p[r2]);
            c0 = Vector512.FusedMultiplyAdd(s, x, c0);
            c1 = Vector512.FusedMultiplyAdd(s, y, c1);
            s = Vector512.Create(p[r3]);
            d0 = Vector512.FusedMultiplyAdd(s, x, d0);
            d1 = Vector512.FusedMultiplyAdd(s, y, d1);
            s = Vector512.Create(*q);
            e0 = Vector512.FusedMultiplyAdd(s, x, e0);
            e1 = Vector512.FusedMultiplyAdd(s, y, e1);
            s = Vector512.Create(q[r]);
            f0 = Vector512.FusedMultiplyAdd(s, x, f0);
            f1 = Vector512.FusedMultiplyAdd(s, y, f1);
            s = Vector512.Create(q[r2]);
            g0 = Vector512.FusedMultiplyAdd(s, x, g0);
            g1 = Vector512.FusedMultiplyAdd(s, y, g1);
            s = Vector512.Create(q[r3]);
            h0 = Vector512.FusedMultiplyAdd(s, x, h0);
            h1 = Vector512.FusedMultiplyAdd(s, y, h1);
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One512(float* p, nint step, int depth, float* panel, float* c, bool more)
    {
        Vector512<float> low = more ? Vector512.Load(c) : default, high = more ? Vector512.Load(c + 16) : default;
        for (int k = 0; k < depth; k++, p += step, panel += Lanes)
        {
            var s = Vector512.Create(*p);
            low = Vector512.FusedMultiplyAdd(s, Vector512.Load(panel), low);
            high = Vector512.FusedMultiplyAdd(s, Vector512.Load(panel + 16), high);
        }

        Store(c, low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four256(float* p, nint r, nint step, int depth, float* panel, float* c, long stride, bool more)
    {
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        if (more)
        {
            (a0, a1, b0, b1) = (Vector256.Load(c), Vector256.Load(c + 8), Vector256.Load(c + stride), Vector256.Load(c + stride + 8));
            (c0, c1, d0, d1) = (Vector256.Load(c + (2 * stride)), Vector256.Load(c + (2 * stride) + 8), Vector256.Load(c + (3 * stride)), Vector256.Load(c + (3 * stride) + 8));
        }

        nint r2 = 2 * r, r3 = 3 * r;
        for (int k = 0; k < depth; k++, p += step, panel += Lanes)
        {
            Vector256<float> x = Vector256.Load(panel), y = Vector256.Load(panel + 8);
            var s = Vector256.Create(*p);
            a0 = Vector256.FusedMultiplyAdd(s, x, a0);
            a1 = Vector256.FusedMultiplyAdd(s, y, a1);
            s = Vector256.Create(p[r]);
            b0 = Vector256.FusedMultiplyAdd(s, x, b0);
            b1 = Vector256.FusedMultiplyAdd(s, y, b1);
            s = Vector256.Create(p[r2]);
            c0 = Vector256.FusedMultiplyAdd(s, x, c0);
            c1 = Vector256.FusedMultiplyAdd(s, y, c1);
            s = Vector256.Create(p[r3]);
            d0 = Vector256.FusedMultiplyAdd(s, x, d0);
            d1 = Vector256.FusedMultiplyAdd(s, y, d1);
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One256(float* p, nint step, int depth, float* panel, float* c, bool more)
    {
        Vector256<float> s0 = more ? Vector256.Load(c) : default, s1 = more ? Vector256.Load(c + 8) : default;
        Vector256<float> s2 = more ? Vector256.Load(c + 16) : default, s3 = more ? Vector256.Load(c + 24) : default;
        for (int k = 0; k < depth; k++, p += step, panel += Lanes)
        {
            var s = Vector256.Create(*p);
            s0 = Vector256.FusedMultiplyAdd(s, Vector256.Load(panel), s0);
            s1 = Vector256.FusedMultiplyAdd(s, Vector256.Load(panel + 8), s1);
            s2 = Vector256.FusedMultiplyAdd(s, Vector256.Load(panel + 16), s2);
            s3 = Vector256.FusedMultiplyAdd(s, Vector256.Load(panel + 24), s3);
        }

        s0.Store(c);
        s1.Store(c + 8);
        s2.Store(c + 16);
        s3.Store(c + 24);
    }

    private static void OnePlain(float* p, nint step, int depth, float* panel, float* c, bool more)
    {
        for (int lane = 0; lane < Lanes; lane++)
        {
            float s = more ? c[lane] : 0;
            for (int k = 0; k < depth; k++)
                s = MathF.FusedMultiplyAdd(p[k * step], panel[(k * Lanes) + lane], s);
            c[lane] = s;
        }
    }
}
