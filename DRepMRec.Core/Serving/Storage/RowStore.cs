namespace DRepMRec.Serving;

/// <summary>Rows of one width: the model file's, never copied, replacements of single rows, and rows added behind them.</summary>
/// <remarks>Or rows that are computed when they are asked for, one by one or, where all are wanted, once and for all.</remarks>
internal sealed class RowStore
{
    private const int RoomShare = 16;

    private readonly int[] _replaced;
    private readonly Block<float> _replacements;
    private readonly Func<int, float[]>? _compute;
    private readonly Lazy<Block<float>>? _computed;
    private readonly Block<float> _rows;

    // The rows and, in memory of our own, zeros behind them, so that a row more costs no copy of the others.
    private readonly Block<float> _withRoom;

    /// <summary>The rows of a file.</summary>
    /// <param name="rows">The rows; behind them nothing but zeros.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">Their width.</param>
    public RowStore(Block<float> rows, int count, int width)
        : this(rows, count, width, [], Block<float>.Empty, Block<float>.Empty)
    {
    }

    private RowStore(Block<float> rows, int count, int width, int[] replaced, Block<float> replacements, Block<float> added)
    {
        _withRoom = rows;
        (_rows, FileCount, Width, _replaced, _replacements, Added) =
            (rows.First((long)count * width), count, width, replaced, replacements, added);
    }

    /// <summary>Rows that are computed.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">Their width.</param>
    /// <param name="compute">Computes a row, always the same; called by many threads.</param>
    public RowStore(int count, int width, Func<int, float[]> compute)
        : this(Block<float>.Empty, count, width)
    {
        _compute = compute;
        _computed = new Lazy<Block<float>>(ComputeAll);
    }

    /// <summary>The rows of the file as they were written.</summary>
    public Block<float> Rows => _computed?.Value ?? _rows;

    /// <summary>The rows that were added.</summary>
    public Block<float> Added { get; }

    /// <summary>The number of rows of the file.</summary>
    public int FileCount { get; }

    public int Width { get; }

    public int Count => FileCount + (int)(Added.Length / Width);

    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            if (row >= FileCount)
                return Added.Row(row - FileCount, Width);
            if (_compute is not null && !_computed!.IsValueCreated)
                return _compute(row);
            int place = _replaced.Length == 0 ? -1 : Array.BinarySearch(_replaced, row);
            return place >= 0 ? _replacements.Row(place, Width) : Rows.Row(row, Width);
        }
    }

    /// <summary>Which of the given rows of the file are replaced.</summary>
    public ReadOnlySpan<int> ReplacedIn(int from, int count) => _replaced.AsSpan(FirstAtLeast(from)..FirstAtLeast(from + count));

    /// <summary>The rows of the file with replacements for some of its rows and with rows behind them.</summary>
    /// <param name="replaced">The rows that are replaced, ascending.</param>
    /// <param name="replacements">The replacement of each replaced row.</param>
    /// <param name="added">The rows behind the file's.</param>
    public RowStore With(int[] replaced, float[] replacements, float[] added)
        => new(Rows, FileCount, Width, replaced, Block<float>.Copy(replacements), Block<float>.Copy(added));

    public static RowStore Of(float[] values, int width) => new(Block<float>.Copy(values), values.Length / width, width);

    /// <summary>All rows, with their replacements, those that were added and zeros behind them, one after the other as in a file.</summary>
    /// <param name="count">The number of rows, at least <see cref="Count"/>.</param>
    public RowStore Flatten(int count)
    {
        if (_replaced.Length == 0 && Added.Length == 0 && _withRoom.Length >= (long)count * Width)
            return count == FileCount ? this : new RowStore(_withRoom, count, Width);
        Block<float> rows = Allocate(count, Width);
        for (int row = 0; row < Count; row++)
            this[row].CopyTo(rows.Writable(row, Width));
        for (int row = Count; row < count; row++)
            rows.Writable(row, Width).Clear();
        return new RowStore(rows, count, Width);
    }

    /// <summary>Memory for rows, which the caller fills, with zeros behind them for those to come.</summary>
    public static Block<float> Allocate(int count, int width)
    {
        int rows = count + (count / RoomShare) + 16;
        Block<float> all = Block<float>.Allocate((long)rows * width);
        for (int row = count; row < rows; row++)
            all.Writable(row, width).Clear();
        return all;
    }

    private Block<float> ComputeAll()
    {
        Block<float> rows = Block<float>.Allocate((long)FileCount * Width);
        Parallelism.ForRanges(FileCount, minimumPerThread: 256, (from, to) =>
        {
            for (int row = from; row < to; row++)
                _compute!(row).CopyTo(rows.Writable(row, Width));
        });
        return rows;
    }

    private int FirstAtLeast(int row)
    {
        int place = Array.BinarySearch(_replaced, row);
        return place < 0 ? ~place : place;
    }
}
