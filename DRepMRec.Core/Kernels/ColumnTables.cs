using DRepMRec.Collectives;
using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>Tables of which each process has some columns: gathered from all, or taken from one. Row-major, on the CPU.</summary>
internal static unsafe class ColumnTables
{
    private const int RowsPerThread = 512;

    // Larger tables go in several exchanges, which bounds what is kept for them.
    private const long MaxMessageBytes = 64 << 20;

    [ThreadStatic]
    private static NativeBuffer? _own;

    [ThreadStatic]
    private static NativeBuffer? _all;

    /// <summary>Rows with this process's columns, and where they go with all columns, or 0 where this process doesn't need them.</summary>
    public readonly record struct Pair(nint Own, nint All, long Rows)
    {
        /// <param name="own">This process's columns.</param>
        /// <param name="all">Room for all columns, if this process needs them.</param>
        /// <param name="parts">The parts of D columns that a row has beside each other: in memory rows after each other.</param>
        public static Pair Of(Tensor own, Tensor? all, int parts = 1)
            => new((nint)own.Floats(), all is null ? 0 : (nint)all.Floats(), own.shape[0] * parts);

        public Pair Slice(long first, int rows, ColumnPartition columns) => new(
            (nint)((float*)Own + (first * columns.Count)), All == 0 ? 0 : (nint)((float*)All + (first * columns.Dimension)), rows);
    }

    /// <summary>Gathers the columns of some tables: in one exchange, unless they are large.</summary>
    /// <param name="tables">The tables, with as many rows on all processes.</param>
    /// <param name="columns">Whose columns are where.</param>
    public static void Gather(ReadOnlySpan<Pair> tables, ColumnPartition columns)
    {
        int most = RowsPerExchange(columns);
        long rows = 0;
        foreach (Pair table in tables)
            rows += table.Rows;
        if (rows <= most)
        {
            Exchange(tables, (int)rows, columns);
            return;
        }

        foreach (Pair table in tables)
        {
            for (long first = 0; first < table.Rows; first += most)
            {
                int count = (int)Math.Min(most, table.Rows - first);
                Exchange([table.Slice(first, count, columns)], count, columns);
            }
        }
    }

    /// <summary>Gives each process its columns of a table that process 0 has.</summary>
    /// <param name="whole">All columns; read at process 0 alone.</param>
    /// <param name="own">This process's columns, overwritten.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">Whose columns are where.</param>
    public static void Spread(ReadOnlySpan<float> whole, float* own, long rows, ColumnPartition columns)
    {
        int most = RowsPerExchange(columns), width = columns.Dimension;
        float* buffer = (_all ??= new NativeBuffer()).EnsureCapacity(Math.Min(most, rows) * width);
        for (long first = 0; first < rows; first += most)
        {
            int count = (int)Math.Min(most, rows - first);
            var message = new Span<float>(buffer, count * width);
            if (columns.Collective.Rank == 0)
                whole.Slice(checked((int)(first * width)), message.Length).CopyTo(message);
            columns.Collective.Broadcast(System.Runtime.InteropServices.MemoryMarshal.AsBytes(message), 0);
            for (int row = 0; row < count; row++)
            {
                message.Slice((row * width) + columns.First, columns.Count)
                    .CopyTo(new Span<float>(own + ((first + row) * columns.Count), columns.Count));
            }
        }
    }

    private static int RowsPerExchange(ColumnPartition columns)
        => (int)Math.Max(1, MaxMessageBytes / sizeof(float) / columns.Dimension);

    private static void Exchange(ReadOnlySpan<Pair> tables, int rows, ColumnPartition columns)
    {
        int size = columns.Collective.Size, own = rows * columns.Count, all = rows * columns.Dimension;
        float* brought = (_own ??= new NativeBuffer()).EnsureCapacity(own), next = brought;
        float* gathered = (_all ??= new NativeBuffer()).EnsureCapacity(all);
        foreach (Pair table in tables)
        {
            Passes.Copy((float*)table.Own, next, table.Rows * columns.Count);
            next += table.Rows * columns.Count;
        }

        var counts = new int[size];
        for (int rank = 0; rank < size; rank++)
            counts[rank] = rows * columns.CountOf(rank);
        columns.Collective.AllGather(new ReadOnlySpan<float>(brought, own), new Span<float>(gathered, all), counts);
        int first = 0;
        foreach (Pair table in tables)
        {
            if (table.All != 0)
                Interleave((nint)gathered, rows, first, (int)table.Rows, table.All, columns);
            first += (int)table.Rows;
        }
    }

    /// <summary>Puts the processes' columns of some rows beside each other.</summary>
    private static void Interleave(nint all, int allRows, int firstRow, int rows, nint target, ColumnPartition columns)
    {
        int width = columns.Dimension, size = columns.Collective.Size;
        Parallelism.ForRanges(rows, RowsPerThread, (from, to) =>
        {
            for (int rank = 0; rank < size; rank++)
            {
                int first = columns.FirstOf(rank), count = columns.CountOf(rank);
                float* source = (float*)all + ((long)allRows * first) + ((long)firstRow * count);
                for (int row = from; row < to; row++)
                {
                    new ReadOnlySpan<float>(source + ((long)row * count), count)
                        .CopyTo(new Span<float>((float*)target + ((long)row * width) + first, count));
                }
            }
        });
    }
}
