using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DRepMRec.Kernels;

/// <summary>
/// One row of a normalised propagation: own * Σ weight_e * scale[column_e] * row(column_e), summed in registers in the order of the
/// entries, so that the bits depend on nothing but the entries.
/// </summary>
internal static unsafe class NeighborSum
{
    private const int Ahead = 6;

    /// <param name="columns">The columns of the entries.</param>
    /// <param name="weights">Their weights; empty for 1 each.</param>
    /// <param name="scales">The factor of each column.</param>
    /// <param name="rows">A row for each column; columns behind them are taken for rows of zeros.</param>
    /// <param name="own">The factor of the sum.</param>
    /// <param name="target">Overwritten.</param>
    public static void Compute(
        ReadOnlySpan<int> columns, ReadOnlySpan<float> weights, float[] scales, PagedRows rows, float own, float* target)
        => Compute(columns, weights, scales, rows, own, target, SimdPaths.Best);

    internal static void Compute(
        ReadOnlySpan<int> columns, ReadOnlySpan<float> weights, float[] scales, PagedRows rows, float own, float* target, SimdPath path)
    {
        int count = columns.Length;
        while (count > 0 && columns[count - 1] >= rows.Count)
            count--;
        fixed (int* c = columns)
        fixed (float* w = weights, s = scales)
        fixed (nint* pages = rows.Pages)
        {
            var entries = new Entries(c, w, s, pages, count, rows.Shift, rows.Width);
            int done = path switch
            {
                SimdPath.Vector512 => Vectors<Floats16>(entries, own, target),
                SimdPath.Vector256 => Vectors<Floats8>(entries, own, target),
                _ => 0,
            };
            for (int d = done; d < rows.Width; d++)
            {
                float sum = 0;
                for (int e = 0; e < count; e++)
                    sum = MathF.FusedMultiplyAdd(entries.Factor(e), entries.Row(e)[d], sum);
                target[d] = sum * own;
            }
        }

        GC.KeepAlive(rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Vectors<T>(Entries entries, float own, float* target) where T : struct, IVector<T>
    {
        int d = 0, width = entries.Width, count = entries.Count;
        T scale = T.Create(own);
        for (; d + (4 * T.Count) <= width; d += 4 * T.Count)
        {
            T s0 = default, s1 = default, s2 = default, s3 = default;
            for (int e = 0; e < count; e++)
            {
                if (Sse.IsSupported)
                    Fetch(entries.Row(Math.Min(e + Ahead, count - 1)) + d);
                float* row = entries.Row(e) + d;
                T v = T.Create(entries.Factor(e));
                s0 = T.MultiplyAdd(v, T.Load(row), s0);
                s1 = T.MultiplyAdd(v, T.Load(row + T.Count), s1);
                s2 = T.MultiplyAdd(v, T.Load(row + (2 * T.Count)), s2);
                s3 = T.MultiplyAdd(v, T.Load(row + (3 * T.Count)), s3);
            }

            (s0 * scale).Store(target + d);
            (s1 * scale).Store(target + d + T.Count);
            (s2 * scale).Store(target + d + (2 * T.Count));
            (s3 * scale).Store(target + d + (3 * T.Count));
        }

        for (; d + T.Count <= width; d += T.Count)
        {
            T sum = default;
            for (int e = 0; e < count; e++)
                sum = T.MultiplyAdd(T.Create(entries.Factor(e)), T.Load(entries.Row(e) + d), sum);
            (sum * scale).Store(target + d);
        }

        return d;
    }

    /// <summary>Asks for 64 numbers that are needed a few entries later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* row)
    {
        Sse.Prefetch0(row);
        Sse.Prefetch0(row + 16);
        Sse.Prefetch0(row + 32);
        Sse.Prefetch0(row + 48);
    }

    private readonly struct Entries(int* columns, float* weights, float* scales, nint* pages, int count, int shift, int width)
    {
        public readonly int Count = count;
        public readonly int Width = width;
        private readonly int _mask = (1 << shift) - 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Factor(int e) => weights == null ? scales[columns[e]] : weights[e] * scales[columns[e]];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float* Row(int e)
        {
            int column = columns[e];
            return (float*)pages[column >> shift] + ((long)(column & _mask) * Width);
        }
    }
}
