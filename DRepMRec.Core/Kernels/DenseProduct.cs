using System.Numerics.Tensors;
using DRepMRec.Internals;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>C = A B at the speed of fused multiply-adds: eight rows of A times a packed panel of 32 columns stay in registers.</summary>
/// <remarks>Elements are summed by fused multiply-adds in the order of k on every path, for every number of threads and rows.</remarks>
internal static unsafe partial class DenseProduct
{
    /// <summary>The number of columns of a panel.</summary>
    public const int Lanes = 32;

    /// <summary>The number of rows of A that are taken at once.</summary>
    public const int RowBlock = 8;

    private const int DepthBlock = 256;

    // Rows of A that stay in the first-level cache while all panels pass.
    private const int TileBytes = 32 << 10;

    [ThreadStatic]
    private static NativeBuffer? _panels;

    /// <summary>A matrix in memory, by the distance between its rows and between its columns, so that a transpose costs nothing.</summary>
    internal readonly record struct Operand(nint Start, nint RowStride, nint ColumnStride)
    {
        public static Operand Of(float* start, int columns) => new((nint)start, columns, 1);

        public Operand Transposed => new(Start, ColumnStride, RowStride);

        public float* At(long row, long column) => (float*)Start + (row * RowStride) + (column * ColumnStride);
    }

    /// <summary>
    /// B as the inner loops read it: packed panels, or, where its columns fill panels, the rows as they are.
    /// </summary>
    internal readonly record struct Panels(nint Start, nint ColumnStep, nint RowStride)
    {
        public static Panels Packed(float* start, int depth) => new((nint)start, depth, Lanes);

        /// <summary>A row-major matrix whose number of columns is a multiple of <see cref="Lanes"/>.</summary>
        public static Panels Rows(float* start, int columns) => new((nint)start, 1, columns);

        public float* At(long row, long column) => (float*)Start + (column * ColumnStep) + (row * RowStride);
    }

    /// <summary>The number of floats in the panels of a [depth, columns] matrix.</summary>
    public static long PackedLength(int depth, int columns) => (long)((columns + Lanes - 1) / Lanes) * Lanes * depth;

    /// <summary>Product of two tensors on the CPU, either of them transposed.</summary>
    /// <param name="a">A, or its transpose.</param>
    /// <param name="b">B, or its transpose.</param>
    /// <param name="transposeA">Whether A is the transpose of <paramref name="a"/>.</param>
    /// <param name="transposeB">Whether B is the transpose of <paramref name="b"/>.</param>
    /// <param name="bias">[n], added to each row while it is in the cache; <see langword="null"/> for nothing.</param>
    /// <returns>A new [m, n] tensor.</returns>
    public static Tensor Multiply(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false, Tensor? bias = null)
    {
        int m = (int)a.shape[transposeA ? 1 : 0], depth = (int)a.shape[transposeA ? 0 : 1], n = (int)b.shape[transposeB ? 0 : 1];
        Tensor c = FloatTensors.Empty(m, n);
        Operand left = Operand.Of(a.Floats(), (int)a.shape[1]);
        Panels right = PanelsOf(b, transposeB, _panels ??= new NativeBuffer());
        Multiply(transposeA ? left.Transposed : left, m, depth, right, n, c.Floats(), bias is null ? null : bias.Floats());
        return c;
    }

    /// <summary>The panels of a contiguous tensor: its own rows where they will do, else a copy.</summary>
    /// <param name="b">B, or its transpose.</param>
    /// <param name="transpose">Whether B is the transpose of <paramref name="b"/>.</param>
    /// <param name="copy">Where a copy goes.</param>
    public static Panels PanelsOf(Tensor b, bool transpose, NativeBuffer copy)
    {
        int rows = (int)b.shape[0], columns = (int)b.shape[1];
        if (!transpose && columns % Lanes == 0)
            return Panels.Rows(b.Floats(), columns);
        var (depth, n) = transpose ? (columns, rows) : (rows, columns);
        Operand operand = Operand.Of(b.Floats(), columns);
        float* panels = copy.EnsureCapacity(PackedLength(depth, n));
        Pack(transpose ? operand.Transposed : operand, depth, n, panels);
        return Panels.Packed(panels, depth);
    }

    /// <summary>Packs a [depth, columns] matrix; the last panel is filled up with zeros.</summary>
    public static void Pack(Operand b, int depth, int columns, float* panels)
    {
        nint start = (nint)panels;
        int blocks = (depth + DepthBlock - 1) / DepthBlock, all = (columns + Lanes - 1) / Lanes;
        Parallelism.ForRanges(all * blocks, minimumPerThread: 8, (from, to) =>
        {
            for (int n = from; n < to; n++)
                PackBlock(b, depth, columns, n / blocks, n % blocks * DepthBlock, (float*)start);
        });
    }

    /// <summary>Packs the rows of one panel from <paramref name="firstRow"/> on, at most <see cref="DepthBlock"/> of them.</summary>
    private static void PackBlock(Operand b, int depth, int columns, int panel, int firstRow, float* panels)
    {
        float* target = panels + ((long)panel * Lanes * depth);
        int first = panel * Lanes, count = Math.Min(Lanes, columns - first), end = Math.Min(depth, firstRow + DepthBlock);
        if (b.ColumnStride == 1 && count == Lanes)
        {
            for (int k = firstRow; k < end; k++)
                new ReadOnlySpan<float>(b.At(k, first), Lanes).CopyTo(new Span<float>(target + ((long)k * Lanes), Lanes));
            return;
        }

        for (int lane = 0; lane < Lanes; lane++)
        {
            float* source = b.At(0, first + lane);
            for (int k = firstRow; k < end; k++)
                target[((long)k * Lanes) + lane] = lane < count ? source[k * b.RowStride] : 0;
        }
    }

    /// <summary>[m, depth] times [depth, n] to row-major [m, n], all overwritten.</summary>
    public static void Multiply(Operand a, int m, int depth, Panels b, int n, float* c, float* bias = null)
    {
        nint target = (nint)c, added = (nint)bias;
        int perThread = Math.Max(RowBlock, (int)Math.Min(int.MaxValue, 2_000_000L / Math.Max(1, (long)depth * n)));
        Parallelism.ForRanges((m + RowBlock - 1) / RowBlock, Math.Max(1, perThread / RowBlock), (from, to) =>
        {
            int last = Math.Min(m, to * RowBlock), blocks = Math.Max(1, TileBytes / (sizeof(float) * RowBlock * Math.Max(1, depth)));
            int tile = depth > DepthBlock ? m : blocks * RowBlock;
            for (int first = from * RowBlock; first < last; first += tile)
            {
                Operand rows = a with { Start = (nint)a.At(first, 0) };
                Serial(rows, Math.Min(tile, last - first), depth, b, n, (float*)target + ((long)first * n), n, SimdPaths.Best);
                for (int row = first; added != 0 && row < Math.Min(last, first + tile); row++)
                {
                    var own = new Span<float>((float*)target + ((long)row * n), n);
                    TensorPrimitives.Add(own, new ReadOnlySpan<float>((float*)added, n), own);
                }
            }
        });
    }

    /// <summary>The product on the calling thread, with rows of C <paramref name="stride"/> apart.</summary>
    /// <param name="a">A.</param>
    /// <param name="m">The number of rows of A.</param>
    /// <param name="depth">The number of columns of A.</param>
    /// <param name="b">B.</param>
    /// <param name="n">The number of columns of B.</param>
    /// <param name="c">C.</param>
    /// <param name="stride">The distance between rows of C.</param>
    /// <param name="path">The instructions.</param>
    /// <param name="more">Whether C is added to.</param>
    public static void Serial(Operand a, int m, int depth, Panels b, int n, float* c, long stride, SimdPath path, bool more = false)
    {
        float* tail = stackalloc float[RowBlock * Lanes];
        for (int k = 0; k == 0 || k < depth; k += DepthBlock)
        {
            int length = Math.Min(DepthBlock, depth - k);
            for (int column = 0; column < n; column += Lanes)
            {
                float* panel = b.At(k, column);
                int columns = Math.Min(Lanes, n - column);
                for (int row = 0; row < m; row += RowBlock)
                {
                    int rows = Math.Min(RowBlock, m - row);
                    float* to = c + (row * stride) + column;
                    if (columns == Lanes)
                    {
                        Block(a.At(row, k), a, rows, length, panel, b.RowStride, to, stride, more || k > 0, path);
                        continue;
                    }

                    for (int i = 0; (more || k > 0) && i < rows; i++)
                        new ReadOnlySpan<float>(to + (i * stride), columns).CopyTo(new Span<float>(tail + (i * Lanes), columns));
                    Block(a.At(row, k), a, rows, length, panel, b.RowStride, tail, Lanes, more || k > 0, path);
                    for (int i = 0; i < rows; i++)
                        new ReadOnlySpan<float>(tail + (i * Lanes), columns).CopyTo(new Span<float>(to + (i * stride), columns));
                }
            }
        }
    }

    private static void Block(
        float* from, Operand a, int rows, int depth, float* panel, nint next, float* to, long stride, bool more, SimdPath path)
    {
        if (rows == RowBlock && path == SimdPath.Vector512)
        {
            Eight512(from, a.RowStride, a.ColumnStride, depth, panel, next, to, stride, more);
            return;
        }

        int done = 0;
        for (; path == SimdPath.Vector256 && done + 4 <= rows; done += 4)
        {
            float* own = from + (done * a.RowStride), target = to + (done * stride);
            Four256(own, a.RowStride, a.ColumnStride, depth, panel, next, target, stride, more);
            Four256(own, a.RowStride, a.ColumnStride, depth, panel + (Lanes / 2), next, target + (Lanes / 2), stride, more);
        }

        for (; done < rows; done++)
        {
            float* own = from + (done * a.RowStride), target = to + (done * stride);
            switch (path)
            {
                case SimdPath.Vector512: One<Floats16>(own, a.ColumnStride, depth, panel, next, target, more); break;
                case SimdPath.Vector256: One<Floats8>(own, a.ColumnStride, depth, panel, next, target, more); break;
                default: OnePlain(own, a.ColumnStride, depth, panel, next, target, more); break;
            }
        }
    }
}
