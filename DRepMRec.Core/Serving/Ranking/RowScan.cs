using System.Buffers;
using System.Numerics.Tensors;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>
/// Goes over all rows once, a few thousand at a time so that the scores stay in the cache, and offers them to a selection per query.
/// </summary>
internal static unsafe class RowScan
{
    private const int ChunkRows = 1024;

    /// <summary>The most queries of one pass: more would drive the scores out of the cache.</summary>
    public const int MostQueries = 48;

    /// <summary>Offers the dot product of each query with each row, or the cosine if each query has length 1.</summary>
    /// <param name="lines">The rows; of several, their sums.</param>
    /// <param name="queries">One per selection, one after the other.</param>
    /// <param name="selections">At most <see cref="MostQueries"/>.</param>
    /// <param name="cosine">Whether products are divided by the lengths of the rows; rows of length 0 get 0.</param>
    public static void All(IReadOnlyList<RowStore> lines, ReadOnlySpan<float> queries, IReadOnlyList<TopK> selections, bool cosine = false)
    {
        RowStore first = lines[0];
        using var room = new Room(first.Width, selections.Count);
        fixed (float* q = queries)
        {
            Region([.. lines.Select(l => l.Rows)], first.FileCount, 0, q, selections, cosine, room);
            Region([.. lines.Select(l => l.Added)], first.Count - first.FileCount, first.FileCount, q, selections, cosine, room);
        }

        GC.KeepAlive(lines);
    }

    /// <summary>The same for some rows alone, whose indices ascend.</summary>
    public static void Some(RowStore rows, ReadOnlySpan<int> indices, ReadOnlySpan<float> query, TopK selection)
    {
        using var room = new Room(rows.Width, 1);
        fixed (float* q = query)
        {
            for (int from = 0; from < indices.Length; from += ChunkRows)
            {
                int count = Math.Min(ChunkRows, indices.Length - from);
                for (int r = 0; r < count; r++)
                    rows[indices[from + r]].CopyTo(room.Rows.AsSpan(r * rows.Width));
                fixed (float* gathered = room.Rows, scores = room.Scores, panels = room.Panels)
                    RowKernel.Multiply(q, 1, gathered, count, rows.Width, scores, ChunkRows, panels, SimdPaths.Best);
                for (int r = 0; r < count; r++)
                    selection.Offer(room.Scores[r], indices[from + r]);
            }
        }

        GC.KeepAlive(rows);
    }

    private static void Region(
        Block<float>[] lines, int rowCount, int firstIndex, float* queries, IReadOnlyList<TopK> selections, bool cosine, Room room)
    {
        fixed (float* scores = room.Scores, panels = room.Panels)
        {
            for (int from = 0; from < rowCount; from += ChunkRows)
            {
                int count = Math.Min(ChunkRows, rowCount - from);
                float* rows = Pointer(lines, from, count, room);
                RowKernel.Multiply(queries, selections.Count, rows, count, room.Width, scores, ChunkRows, panels, SimdPaths.Best);
                if (cosine)
                    DivideByLengths(rows, count, room.Width, scores, selections.Count);
                for (int q = 0; q < selections.Count; q++)
                    selections[q].Offer(new ReadOnlySpan<float>(scores + (q * ChunkRows), count), firstIndex + from);
            }
        }
    }

    /// <summary>The rows where they are, or their sum over the lines.</summary>
    private static float* Pointer(Block<float>[] lines, long from, int count, Room room)
    {
        int width = room.Width;
        ReadOnlySpan<float> first = lines[0].Slice(from * width, (long)count * width);
        if (lines.Length == 1)
            return lines[0].Pointer + (from * width);
        Span<float> sum = room.Rows.AsSpan(0, count * width);
        first.CopyTo(sum);
        foreach (Block<float> line in lines.AsSpan(1))
            TensorPrimitives.Add(sum, line.Slice(from * width, (long)count * width), sum);
        return room.RowsPointer;
    }

    private static void DivideByLengths(float* rows, int count, int width, float* scores, int queries)
    {
        for (int r = 0; r < count; r++)
        {
            float length = TensorPrimitives.Norm(new ReadOnlySpan<float>(rows + (r * (long)width), width));
            for (int q = 0; q < queries; q++)
                scores[(q * ChunkRows) + r] = length > 0 ? scores[(q * ChunkRows) + r] / length : 0;
        }
    }

    /// <summary>Rented memory of one scan.</summary>
    private sealed class Room : IDisposable
    {
        private readonly MemoryHandle _rows;

        public Room(int width, int queries)
        {
            Width = width;
            Scores = ArrayPool<float>.Shared.Rent(queries * ChunkRows);
            Panels = ArrayPool<float>.Shared.Rent(RowKernel.PanelLength(width));
            Rows = ArrayPool<float>.Shared.Rent(ChunkRows * width);
            _rows = Rows.AsMemory().Pin();
        }

        public int Width { get; }

        public float[] Scores { get; }

        public float[] Panels { get; }

        public float[] Rows { get; }

        public float* RowsPointer => (float*)_rows.Pointer;

        public void Dispose()
        {
            _rows.Dispose();
            ArrayPool<float>.Shared.Return(Scores);
            ArrayPool<float>.Shared.Return(Panels);
            ArrayPool<float>.Shared.Return(Rows);
        }
    }
}
