using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DRepMRec.Graphs;

namespace DRepMRec.Kernels;

/// <summary>y = A x for a sparse A and dense row-major x: each row of y is a weighted sum of rows of x, kept in registers while its neighbours pass.</summary>
/// <remarks>A row's sum doesn't depend on the thread that makes it, so results are bit-identical for every thread count.</remarks>
internal static unsafe class SparseDenseProduct
{
    private const int Ahead = 6;

    /// <summary>Which instructions to use; tests set it to compare the paths.</summary>
    internal enum Path
    {
        Plain,
        Vector256,
        Vector512,
    }

    internal static Path BestPath { get; } = Vector512.IsHardwareAccelerated ? Path.Vector512 : Vector256.IsHardwareAccelerated || Vector128.IsHardwareAccelerated ? Path.Vector256 : Path.Plain;

    /// <summary>A running sum that is made in the same pass: target = (source + y) * scale, each [rows of a, width]; source and target may be the same.</summary>
    internal readonly record struct Sum(nint Source, nint Target, float Scale)
    {
        public Sum(float* source, float* target, float scale = 1)
            : this((nint)source, (nint)target, scale)
        {
        }
    }

    /// <summary>The addresses of one row's result and of its running sum.</summary>
    private readonly ref struct Row(float* y, float* source, float* target, float scale, int readable)
    {
        /// <summary>The last entry that may be looked at, counted from the row's first: fetching ahead goes on into the next rows.</summary>
        public readonly int Readable = readable;

        public readonly float* Y = y;
        public readonly float* Source = source;
        public readonly float* Target = target;
        public readonly float Scale = scale;
    }

    /// <param name="a">The matrix.</param>
    /// <param name="x">[columns of a, width].</param>
    /// <param name="y">[rows of a, width], overwritten; null when only the running sum is wanted.</param>
    /// <param name="width">The number of columns of x and y.</param>
    /// <param name="sum">A running sum, if there is one.</param>
    public static void Multiply(CsrMatrix a, float* x, float* y, int width, Sum sum = default) => Multiply(a, x, y, width, sum, BestPath);

    internal static void Multiply(CsrMatrix a, float* x, float* y, int width, Sum sum, Path path)
    {
        nint px = (nint)x, py = (nint)y;
        Parallelism.ForRanges(a.RowCount, minimumPerThread: 512, (from, to) =>
        {
            fixed (int* offsets = a.RowOffsets, columns = a.Columns)
            fixed (float* values = a.Values)
            {
                for (int row = from; row < to; row++)
                {
                    int first = offsets[row], count = offsets[row + 1] - first;
                    long start = (long)row * width;
                    var target = new Row(At(py, start), At(sum.Source, start), At(sum.Target, start), sum.Scale, a.NonZeroCount - 1 - first);
                    MakeRow(columns + first, values + first, count, (float*)px, target, width, path);
                }
            }
        });
    }

    /// <summary>Some rows of scale * (b + A x), where x and b may be tables of some rows only.</summary>
    internal readonly record struct RowJob
    {
        /// <summary>The rows to make; <see langword="null"/> for all.</summary>
        public int[]? Rows { get; init; }

        /// <summary>x: rows of all columns of A, or of those that have a place.</summary>
        public nint X { get; init; }

        /// <summary>For each column of A its row in x, or -1 where x is zero; <see langword="null"/> where x has all.</summary>
        public int[]? XPlaces { get; init; }

        /// <summary>b, or 0 without one.</summary>
        public nint B { get; init; }

        /// <summary>For each row of A its row in b, or -1 where b is zero; <see langword="null"/> where b has all.</summary>
        public int[]? BPlaces { get; init; }

        /// <summary>Where row r goes to row r, or, <see cref="Compact"/>, the n-th of the asked rows to row n.</summary>
        public nint Target { get; init; }

        /// <summary>Whether the target has the asked rows only.</summary>
        public bool Compact { get; init; }

        /// <summary>What the sum is multiplied by.</summary>
        public float Scale { get; init; }
    }

    /// <summary>Makes the rows of a job. Entries of columns without a place are skipped before the arithmetic, so the sums are those of the whole product without its zeros.</summary>
    internal static void Multiply(CsrMatrix a, RowJob job, int width)
    {
        Path path = BestPath;
        Parallelism.ForRanges(job.Rows?.Length ?? a.RowCount, minimumPerThread: 256, (from, to) =>
        {
            int[] keptColumns = [];
            float[] keptValues = [];
            fixed (int* offsets = a.RowOffsets, columns = a.Columns)
            fixed (float* values = a.Values)
            {
                for (int n = from; n < to; n++)
                {
                    int row = job.Rows is null ? n : job.Rows[n], first = offsets[row], count = offsets[row + 1] - first, bRow = job.BPlaces is null ? row : job.BPlaces[row];
                    float* b = bRow < 0 ? null : At(job.B, (long)bRow * width), y = At(job.Target, (long)(job.Compact ? n : row) * width);
                    if (job.XPlaces is null)
                    {
                        var target = new Row(null, b, y, job.Scale, a.NonZeroCount - 1 - first);
                        MakeRow(columns + first, values + first, count, (float*)job.X, target, width, path);
                        continue;
                    }

                    if (keptColumns.Length < count)
                        (keptColumns, keptValues) = (new int[2 * count], new float[2 * count]);
                    fixed (int* kept = keptColumns, places = job.XPlaces)
                    fixed (float* keptWeights = keptValues)
                    {
                        int left = Keep(columns + first, values + first, count, places, kept, keptWeights);
                        MakeRow(kept, keptWeights, left, (float*)job.X, new Row(null, b, y, job.Scale, left - 1), width, path);
                    }
                }
            }
        });
    }

    /// <summary>Copies the entries whose columns have a place, without a branch that could be guessed wrong.</summary>
    private static int Keep(int* columns, float* values, int count, int* places, int* kept, float* keptValues)
    {
        int next = 0;
        for (int e = 0; e < count; e++)
        {
            int place = places[columns[e]];
            kept[next] = place;
            keptValues[next] = values[e];
            next += (int)(~(uint)place >> 31);
        }

        return next;
    }

    private static void MakeRow(int* columns, float* values, int count, float* x, Row to, int width, Path path)
    {
        switch (path)
        {
            case Path.Vector512: Row512(columns, values, count, x, to, width); break;
            case Path.Vector256: Row256(columns, values, count, x, to, width); break;
            default: RowPlain(columns, values, count, x, to, width, 0); break;
        }
    }

    private static float* At(nint array, long element) => array == 0 ? null : (float*)array + element;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row512(int* columns, float* values, int count, float* x, Row to, int width)
    {
        int d = 0;
        for (; d + 64 <= width; d += 64)
        {
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int e = 0; e < count; e++)
            {
                Fetch(x + ((long)columns[Math.Min(e + Ahead, to.Readable)] * width) + d);
                float* row = x + ((long)columns[e] * width) + d;
                var v = Vector512.Create(values[e]);
                s0 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row), s0);
                s1 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + 16), s1);
                s2 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + 32), s2);
                s3 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + 48), s3);
            }

            Store(s0, to, d);
            Store(s1, to, d + 16);
            Store(s2, to, d + 32);
            Store(s3, to, d + 48);
        }

        for (; d + 16 <= width; d += 16)
        {
            Vector512<float> s = default;
            for (int e = 0; e < count; e++)
                s = Vector512.FusedMultiplyAdd(Vector512.Create(values[e]), Vector512.Load(x + ((long)columns[e] * width) + d), s);
            Store(s, to, d);
        }

        if (d < width)
            RowPlain(columns, values, count, x, to, width, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row256(int* columns, float* values, int count, float* x, Row to, int width)
    {
        int d = 0;
        for (; d + 32 <= width; d += 32)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int e = 0; e < count; e++)
            {
                float* row = x + ((long)columns[e] * width) + d;
                var v = Vector256.Create(values[e]);
                s0 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row), s0);
                s1 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row + 8), s1);
                s2 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row + 16), s2);
                s3 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row + 24), s3);
            }

            Store(s0, to, d);
            Store(s1, to, d + 8);
            Store(s2, to, d + 16);
            Store(s3, to, d + 24);
        }

        for (; d + 8 <= width; d += 8)
        {
            Vector256<float> s = default;
            for (int e = 0; e < count; e++)
                s = Vector256.FusedMultiplyAdd(Vector256.Create(values[e]), Vector256.Load(x + ((long)columns[e] * width) + d), s);
            Store(s, to, d);
        }

        if (d < width)
            RowPlain(columns, values, count, x, to, width, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RowPlain(int* columns, float* values, int count, float* x, Row to, int width, int start)
    {
        for (int d = start; d < width; d++)
        {
            float s = 0;
            for (int e = 0; e < count; e++)
                s += values[e] * x[((long)columns[e] * width) + d];
            if (to.Y != null)
                to.Y[d] = s;
            if (to.Target != null)
                to.Target[d] = ((to.Source == null ? 0 : to.Source[d]) + s) * to.Scale;
        }
    }

    /// <summary>Asks for 64 numbers that will be needed a few neighbours later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* row)
    {
        if (!Sse.IsSupported)
            return;
        Sse.Prefetch0(row);
        Sse.Prefetch0(row + 16);
        Sse.Prefetch0(row + 32);
        Sse.Prefetch0(row + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> value, Row to, int at)
    {
        if (to.Y != null)
            value.Store(to.Y + at);
        if (to.Target != null)
            ((to.Source == null ? value : Vector512.Load(to.Source + at) + value) * to.Scale).Store(to.Target + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> value, Row to, int at)
    {
        if (to.Y != null)
            value.Store(to.Y + at);
        if (to.Target != null)
            ((to.Source == null ? value : Vector256.Load(to.Source + at) + value) * to.Scale).Store(to.Target + at);
    }
}
