using System.Runtime.InteropServices;
using DRepMRec.Kernels;

namespace DRepMRec.Graphs;

/// <summary>The mean of x, A x, …, A^L x by Horner's rule: (x + A (x + A (x + …))) / (L + 1), without a pass for the sum.</summary>
internal static unsafe class LayerMean
{
    private const int RowsPerThread = 1024;

    /// <param name="a">A, symmetric.</param>
    /// <param name="x">The rows of x: all of them, or only the rows that have a place.</param>
    /// <param name="places">For each row of A its row in x, or -1 where x is zero; <see langword="null"/> where x has all rows.</param>
    /// <param name="rows">For each of the L products in turn, the rows that it makes, ascending; <see langword="null"/> for all.</param>
    /// <param name="compact">Whether the target has the rows of the last product only.</param>
    /// <param name="width">The number of columns of x.</param>
    /// <param name="between">Two buffers for the tables between the products.</param>
    /// <param name="target">The result.</param>
    public static void Compute(
        SparseRows a, float* x, int[]? places, int[]?[] rows, bool compact, int width, NativeBuffer[] between, float* target)
    {
        var job = new SparseDenseProduct.Job { X = (nint)x, XPlaces = places, B = (nint)x, BPlaces = places };
        for (int n = 0; n < rows.Length - 1; n++)
        {
            float* to = between[n % 2].EnsureCapacity((long)a.Count * width);

            // Where x has few rows, the next product reads all rows of this one. Where the target has few, it reads only the rows that were
            // made.
            if (places is not null && rows[n] is { } made)
                ClearOthers(to, made, a.Count, width);
            SparseDenseProduct.Multiply(a, job with { Rows = rows[n], Target = (nint)to }, width);
            job = job with { X = (nint)to, XPlaces = null };
        }

        job = job with { Rows = rows[^1], Target = (nint)target, Compact = compact, Scale = 1f / (rows.Length + 1) };
        SparseDenseProduct.Multiply(a, job, width);
    }

    /// <summary>Sets all rows of a table to zero but the given ones, which ascend.</summary>
    private static void ClearOthers(float* table, int[] kept, int count, int width)
    {
        nint start = (nint)table;
        void Clear(int row, int rows)
            => NativeMemory.Clear((float*)start + ((long)row * width), (nuint)((long)rows * width * sizeof(float)));
        Parallelism.ForRanges(count, RowsPerThread, (from, to) =>
        {
            int at = ~Array.BinarySearch(kept, from), next = from;
            for (at = at < 0 ? ~at : at; at < kept.Length && kept[at] < to; at++)
            {
                Clear(next, kept[at] - next);
                next = kept[at] + 1;
            }

            Clear(next, to - next);
        });
    }
}
