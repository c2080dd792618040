using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DRepMRec.Kernels;

/// <summary>scale * (b + A x) for a sparse A and dense row-major b and x: each row is summed in registers.</summary>
/// <remarks>A row's sum doesn't depend on the thread that makes it, so results are bit-identical for every thread count.</remarks>
internal static unsafe class SparseDenseProduct
{
    /// <summary>How many entries ahead of the one at hand memory is asked for.</summary>
    private const int Ahead = 6;

    /// <summary>The rows to compute, all or a list of them, and the tables, whole or with only the rows that aren't zero.</summary>
    internal readonly record struct Job
    {
        /// <summary>The rows to make; <see langword="null"/> for all.</summary>
        public int[]? Rows { get; init; }

        /// <summary>x: a row for each column of A, or for each column that has a place.</summary>
        public nint X { get; init; }

        /// <summary>For each column of A its row in x, or -1 where x is zero; <see langword="null"/> where x has all.</summary>
        public int[]? XPlaces { get; init; }

        /// <summary>b, or 0 without one.</summary>
        public nint B { get; init; }

        /// <summary>For each row of A its row in b, or -1 where b is zero; <see langword="null"/> where b has all.</summary>
        public int[]? BPlaces { get; init; }

        /// <summary>Where row r goes to row r, or, if <see cref="Compact"/>, the n-th of the asked rows to row n. May be b.</summary>
        public nint Target { get; init; }

        /// <summary>Whether the target has the asked rows only.</summary>
        public bool Compact { get; init; }

        /// <summary>The factor of the sum.</summary>
        public float Scale { get; init; } = 1;

        public Job()
        {
        }
    }

    /// <summary>The addresses of a row's result and of the row of b that is added to it.</summary>
    private readonly ref struct Row(float* b, float* target, float scale, int readable)
    {
        public readonly float* B = b;
        public readonly float* Target = target;
        public readonly float Scale = scale;

        /// <summary>The last entry that may be looked at, from the row's first: fetching ahead goes on into the next rows.</summary>
        public readonly int Readable = readable;
    }

    /// <summary>Makes the rows of a job.</summary>
    /// <remarks>Entries of columns without a place are skipped, so each sum is the whole product's without its zeros.</remarks>
    /// <param name="a">The matrix.</param>
    /// <param name="job">The rows and the tables.</param>
    /// <param name="width">The number of columns of all tables.</param>
    public static void Multiply(SparseRows a, Job job, int width) => Multiply(a, job, width, SimdPaths.Best);

    internal static void Multiply(SparseRows a, Job job, int width, SimdPath path)
    {
        Parallelism.ForRanges(job.Rows?.Length ?? a.Count, minimumPerThread: 256, (from, to) =>
        {
            int[] keptColumns = [];
            float[] keptValues = [];
            fixed (int* offsets = a.Offsets, columns = a.Columns, xPlaces = job.XPlaces)
            fixed (float* values = a.Values)
            {
                for (int n = from; n < to; n++)
                {
                    int row = job.Rows is null ? n : job.Rows[n], first = offsets[row], count = offsets[row + 1] - first;
                    int bRow = job.BPlaces is null ? row : job.BPlaces[row];
                    float* b = bRow < 0 ? null : At(job.B, (long)bRow * width);
                    float* target = At(job.Target, (long)(job.Compact ? n : row) * width);
                    if (job.XPlaces is null)
                    {
                        var whole = new Row(b, target, job.Scale, a.Values.Length - 1 - first);
                        MakeRow(columns + first, values + first, count, (float*)job.X, whole, width, path);
                        continue;
                    }

                    if (keptColumns.Length < count)
                        (keptColumns, keptValues) = (new int[2 * count], new float[2 * count]);
                    fixed (int* kept = keptColumns)
                    fixed (float* keptWeights = keptValues)
                    {
                        int left = Keep(columns + first, values + first, count, xPlaces, kept, keptWeights);
                        MakeRow(kept, keptWeights, left, (float*)job.X, new Row(b, target, job.Scale, left - 1), width, path);
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

    private static float* At(nint array, long element) => array == 0 ? null : (float*)array + element;

    private static void MakeRow(int* columns, float* values, int count, float* x, Row to, int width, SimdPath path)
    {
        int done = path switch
        {
            SimdPath.Vector512 => MakeVectors<Floats16>(columns, values, count, x, to, width),
            SimdPath.Vector256 => MakeVectors<Floats8>(columns, values, count, x, to, width),
            _ => 0,
        };
        if (done < width)
            MakeRest(columns, values, count, x, to, width, done);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MakeRest(int* columns, float* values, int count, float* x, Row to, int width, int start)
    {
        for (int d = start; d < width; d++)
        {
            float s = 0;
            for (int e = 0; e < count; e++)
                s += values[e] * x[((long)columns[e] * width) + d];
            to.Target[d] = ((to.B == null ? 0 : to.B[d]) + s) * to.Scale;
        }
    }

    /// <summary>The columns of a row that fill vectors, four vectors at a time as long as there are four.</summary>
    /// <returns>The number of columns that are done.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int MakeVectors<T>(int* columns, float* values, int count, float* x, Row to, int width)
        where T : struct, IVector<T>
    {
        float* b = to.B, target = to.Target;
        int last = to.Readable, d = 0;
        T scale = T.Create(to.Scale);
        for (; d + (4 * T.Count) <= width; d += 4 * T.Count)
        {
            T s0 = default, s1 = default, s2 = default, s3 = default;
            for (int e = 0; e < count; e++)
            {
                if (T.Count == 16)
                    Fetch(x + ((long)columns[Math.Min(e + Ahead, last)] * width) + d);
                float* row = x + ((long)columns[e] * width) + d;
                var v = T.Create(values[e]);
                s0 = T.MultiplyAdd(v, T.Load(row), s0);
                s1 = T.MultiplyAdd(v, T.Load(row + T.Count), s1);
                s2 = T.MultiplyAdd(v, T.Load(row + (2 * T.Count)), s2);
                s3 = T.MultiplyAdd(v, T.Load(row + (3 * T.Count)), s3);
            }

            Store(s0, b, scale, target, d);
            Store(s1, b, scale, target, d + T.Count);
            Store(s2, b, scale, target, d + (2 * T.Count));
            Store(s3, b, scale, target, d + (3 * T.Count));
        }

        for (; d + T.Count <= width; d += T.Count)
        {
            T s = default;
            for (int e = 0; e < count; e++)
                s = T.MultiplyAdd(T.Create(values[e]), T.Load(x + ((long)columns[e] * width) + d), s);
            Store(s, b, scale, target, d);
        }

        return d;
    }

    /// <summary>Asks for 64 numbers needed a few neighbours later. With narrower vectors it costs more than it brings.</summary>
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
    private static void Store<T>(T sum, float* b, T scale, float* target, int at)
        where T : struct, IVector<T>
        => ((b == null ? sum : T.Load(b + at) + sum) * scale).Store(target + at);
}
