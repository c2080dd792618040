using System.Buffers;
using System.Numerics.Tensors;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>Goes over all rows once, in chunks whose scores stay in the cache, and offers them to a selection per query.</summary>
internal static unsafe class RowScan
{
    private const int MaxChunkRows = 1024;
    private const int MaxChunkNumbers = 1 << 22;

    /// <summary>The most queries of one pass: more would drive the scores out of the cache.</summary>
    public const int MaxQueries = 48;

    /// <summary>Offers the dot product of each query with each row, or the cosine if each query has length 1.</summary>
    /// <param name="lines">The rows; of several, their sums.</param>
    /// <param name="queries">One per selection, one after the other.</param>
    /// <param name="selections">At most <see cref="MaxQueries"/>.</param>
    /// <param name="cosine">Whether products are divided by the lengths of the rows, and kept from -1 to 1; rows of length 0 get 0.</param>
    /// <param name="histories">What each query's history adds, if anything.</param>
    public static void All(IReadOnlyList<RowStore> lines, ReadOnlySpan<float> queries, IReadOnlyList<IScoreSink> selections,
        bool cosine = false, IReadOnlyList<HistoryQuery?>? histories = null)
    {
        RowStore first = lines[0];
        using var room = new Room(first, selections.Count, first.Count);
        fixed (float* q = queries, scores = room.Scores, panels = room.Panels)
        {
            for (int from = 0, count; from < first.Count; from += count)
            {
                count = Math.Min(room.ChunkRows, (from < first.FileCount ? first.FileCount : first.Count) - from);
                if (!cosine && AreBytes(lines, from, count, out sbyte* bytes, out float* scales))
                {
                    RowKernel.MultiplyBytes(
                        q, selections.Count, bytes, scales, count, room.Width, scores, room.ChunkRows, panels, SimdPaths.Best);
                }
                else
                {
                    float* rows = Pointer(lines, from, count, room);
                    RowKernel.Multiply(q, selections.Count, rows, count, room.Width, scores, room.ChunkRows, panels, SimdPaths.Best);
                    if (cosine)
                        DivideByLengths(rows, count, room, scores, selections.Count);
                }

                for (int n = 0; n < selections.Count; n++)
                {
                    var own = new Span<float>(scores + (n * room.ChunkRows), count);
                    histories?[n]?.AddTo(from, own);
                    selections[n].Offer(own, from);
                }
            }
        }

        GC.KeepAlive(lines);
    }

    /// <summary>Goes over the given rows alone, whose indices ascend.</summary>
    public static void Some(
        RowStore rows, ReadOnlySpan<int> indices, ReadOnlySpan<float> query, IScoreSink selection, HistoryQuery? history = null)
    {
        using var room = new Room(rows, 1, indices.Length);
        fixed (float* q = query, scores = room.Scores, panels = room.Panels)
        {
            for (int from = 0, count; from < indices.Length; from += count)
            {
                count = Math.Min(room.ChunkRows, indices.Length - from);
                Span<float> gathered = room.Rows(count);
                for (int r = 0; r < count; r++)
                    rows.CopyTo(indices[from + r], gathered[(r * rows.Width)..]);
                RowKernel.Multiply(q, 1, room.RowsPointer, count, rows.Width, scores, room.ChunkRows, panels, SimdPaths.Best);
                for (int r = 0; r < count; r++)
                {
                    history?.AddTo(indices[from + r], new Span<float>(scores + r, 1));
                    selection.Offer(scores[r], indices[from + r]);
                }
            }
        }

        GC.KeepAlive(rows);
    }

    /// <summary>Rows of bytes that are scored as they are: those of one line of which none is replaced.</summary>
    private static bool AreBytes(IReadOnlyList<RowStore> lines, int from, int count, out sbyte* bytes, out float* scales)
    {
        bytes = null;
        scales = null;
        var (block, start) = Place(lines[0], from);
        if (lines.Count > 1 || block.Bytes is not { } all || ReplacedIn(lines[0], from, count).Length > 0)
            return false;
        all.Slice((long)start * block.Width, (long)count * block.Width);
        block.Numbers.Slice(start, count);
        bytes = all.Pointer + ((long)start * block.Width);
        scales = block.Numbers.Pointer + start;
        return true;
    }

    /// <summary>The rows in place; or a copy of them with their replacements, or with the sum of their lines.</summary>
    private static float* Pointer(IReadOnlyList<RowStore> lines, int from, int count, Room room)
    {
        RowStore first = lines[0];
        var (block, start) = Place(first, from);
        ReadOnlySpan<int> replaced = ReplacedIn(first, from, count);
        if (lines.Count == 1 && replaced.Length == 0 && block.Bytes is null)
        {
            block.Numbers.Slice((long)start * room.Width, (long)count * room.Width);
            return block.Numbers.Pointer + ((long)start * room.Width);
        }

        Span<float> rows = room.Rows(count);
        block.CopyTo(start, count, rows);
        for (int l = 1; l < lines.Count; l++)
            Place(lines[l], from).Block.AddTo(start, count, rows);
        foreach (int index in replaced)
        {
            Span<float> row = rows.Slice((index - from) * room.Width, room.Width);
            first.CopyTo(index, row);
            for (int l = 1; l < lines.Count; l++)
                TensorPrimitives.Add(row, lines[l][index], row);
        }

        return room.RowsPointer;
    }

    /// <summary>The block that a row lies in, and the row's place there.</summary>
    private static (RowBlock Block, int Start) Place(RowStore line, int row)
        => row < line.FileCount ? (line.Rows, row) : (line.Added, row - line.FileCount);

    private static ReadOnlySpan<int> ReplacedIn(RowStore line, int from, int count)
        => from < line.FileCount ? line.ReplacedIn(from, count) : [];

    private static void DivideByLengths(float* rows, int count, Room room, float* scores, int queries)
    {
        for (int r = 0; r < count; r++)
        {
            float length = LineFusion.Norm(new ReadOnlySpan<float>(rows + (r * (long)room.Width), room.Width));
            for (int q = 0; q < queries; q++)
            {
                // Rounding takes the cosine of two equal rows beyond 1.
                ref float score = ref scores[(q * room.ChunkRows) + r];
                score = length > 0 ? Math.Clamp(score / length, -1, 1) : 0;
            }
        }
    }

    /// <summary>Rented memory of one scan: a bounded number of numbers, however wide the rows are.</summary>
    private sealed class Room : IDisposable
    {
        private float[] _rows = [];
        private MemoryHandle _pin;

        public Room(RowStore store, int queries, int rows)
        {
            Width = store.Width;
            ChunkRows = Math.Clamp(Math.Min(MaxChunkNumbers / Width, rows), 1, MaxChunkRows);
            Scores = ArrayPool<float>.Shared.Rent(queries * ChunkRows);
            Panels = ArrayPool<float>.Shared.Rent(
                store.Precision == RowPrecision.Single ? RowKernel.PanelLength(Width) : RowKernel.BytePanelLength(Width));
        }

        public int Width { get; }

        /// <summary>The most rows of one chunk, and the distance between the scores of two queries.</summary>
        public int ChunkRows { get; }

        public float[] Scores { get; }

        public float[] Panels { get; }

        public float* RowsPointer => (float*)_pin.Pointer;

        /// <summary>Room for rows that aren't used where they are.</summary>
        public Span<float> Rows(int count)
        {
            if (_rows.Length == 0)
            {
                _rows = ArrayPool<float>.Shared.Rent(ChunkRows * Width);
                _pin = _rows.AsMemory().Pin();
            }

            return _rows.AsSpan(0, count * Width);
        }

        public void Dispose()
        {
            _pin.Dispose();
            ArrayPool<float>.Shared.Return(Scores);
            ArrayPool<float>.Shared.Return(Panels);
            if (_rows.Length > 0)
                ArrayPool<float>.Shared.Return(_rows);
        }
    }
}
