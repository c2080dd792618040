using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Rows of one width: the model file's, never copied, replacements of single rows, and rows added behind them.</summary>
/// <remarks>
/// Or rows that are computed when they are asked for, one by one or, where all are wanted, once and for all. All are of one precision:
/// whatever is put in is rounded to it, so that a file keeps every row as it is.
/// </remarks>
internal sealed class RowStore
{
    private const int RoomShare = 16;

    private readonly int[] _replaced;
    private readonly RowBlock _replacements;
    private readonly Func<int, float[]>? _compute;
    private readonly Once<RowBlock>? _computed;
    private readonly RowBlock _rows;

    // The rows and, in memory of our own, zeros behind them, so that a row more costs no copy of the others.
    private readonly RowBlock _withRoom;

    /// <summary>The rows of a file.</summary>
    /// <param name="rows">The rows; behind them nothing but zeros.</param>
    /// <param name="count">The number of rows.</param>
    public RowStore(RowBlock rows, int count)
        : this(rows, count, [], Empty(rows), Empty(rows))
    {
    }

    private RowStore(RowBlock rows, int count, int[] replaced, RowBlock replacements, RowBlock added)
    {
        _withRoom = rows;
        (_rows, FileCount, _replaced, _replacements, Added) = (rows.First(count), count, replaced, replacements, added);
    }

    /// <summary>Rows that are computed.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">Their width.</param>
    /// <param name="precision">What they are rounded to.</param>
    /// <param name="compute">Computes a row of its own, always the same; called by many threads.</param>
    public RowStore(int count, int width, RowPrecision precision, Func<int, float[]> compute)
        : this(RowBlock.Copy([], width, precision), 0)
    {
        FileCount = count;
        _compute = compute;
        _computed = new Once<RowBlock>(ComputeAll);
    }

    /// <summary>The rows of the file as they were written.</summary>
    public RowBlock Rows => _computed?.Value ?? _rows;

    /// <summary>The rows that were added.</summary>
    public RowBlock Added { get; }

    /// <summary>The number of rows of the file.</summary>
    public int FileCount { get; }

    public int Width => _rows.Width;

    public RowPrecision Precision => _rows.Precision;

    public int Count => FileCount + Added.Count;

    /// <summary>Whether rows are computed when they are asked for.</summary>
    public bool IsComputed => _compute is not null;

    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            if (_compute is null || _computed!.IsMade)
                return Find(ref row)[row];
            float[] computed = _compute(row);
            if (Precision != RowPrecision.Single)
                RowBlock.Copy(computed, Width, Precision).CopyTo(0, computed);
            return computed;
        }
    }

    public void CopyTo(int row, Span<float> target)
    {
        if (_compute is null)
            Find(ref row).CopyTo(row, target);
        else
            this[row].CopyTo(target);
    }

    /// <summary>Which of the given rows of the file are replaced.</summary>
    public ReadOnlySpan<int> ReplacedIn(int from, int count) => _replaced.AsSpan(FirstAtLeast(from)..FirstAtLeast(from + count));

    /// <summary>The rows of the file with replacements for some of its rows and with rows behind them.</summary>
    /// <param name="replaced">The rows that are replaced, ascending.</param>
    /// <param name="replacements">The replacement of each replaced row.</param>
    /// <param name="added">The rows behind the file's.</param>
    public RowStore With(int[] replaced, float[] replacements, float[] added) => new(
        Rows, FileCount, replaced, RowBlock.Copy(replacements, Width, Precision), RowBlock.Copy(added, Width, Precision));

    public static RowStore Of(float[] values, int width) => new(RowBlock.Copy(values, width, RowPrecision.Single), values.Length / width);

    /// <summary>The same rows, held in another way.</summary>
    public RowStore To(RowPrecision precision)
    {
        RowBlock rows = _compute is null ? _withRoom : Rows;
        return precision == Precision ? this
            : new RowStore(rows.To(precision), FileCount, _replaced, _replacements.To(precision), Added.To(precision));
    }

    /// <summary>The given rows alone.</summary>
    public RowStore Select(int[] rows)
    {
        RowBlock kept = RowBlock.Allocate(rows.Length, Width, Precision);
        for (int row = 0; row < rows.Length; row++)
            kept.Set(row, this[rows[row]]);
        return new RowStore(kept, rows.Length);
    }

    /// <summary>All rows, with their replacements, those that were added and zeros behind them, one after the other as in a file.</summary>
    /// <param name="count">The number of rows, at least <see cref="Count"/>.</param>
    public RowStore Flatten(int count)
    {
        if (_replaced.Length == 0 && Added.Count == 0 && _withRoom.Count >= count)
            return count == FileCount ? this : new RowStore(_withRoom, count);
        RowBlock rows = Allocate(count, Width, Precision);
        for (int row = 0; row < Count; row++)
            rows.Set(row, this[row]);
        for (int row = Count; row < count; row++)
            rows.Clear(row);
        return new RowStore(rows, count);
    }

    /// <summary>Memory for rows, which the caller fills, with zeros behind them for those to come.</summary>
    public static RowBlock Allocate(int count, int width, RowPrecision precision)
    {
        RowBlock all = RowBlock.Allocate(count + (count / RoomShare) + 16, width, precision);
        for (int row = count; row < all.Count; row++)
            all.Clear(row);
        return all;
    }

    /// <summary>Where a row is: the block, and its place there.</summary>
    private RowBlock Find(ref int row)
    {
        if (row >= FileCount)
        {
            row -= FileCount;
            return Added;
        }

        int place = _replaced.Length == 0 ? -1 : Array.BinarySearch(_replaced, row);
        if (place < 0)
            return Rows;
        row = place;
        return _replacements;
    }

    private RowBlock ComputeAll()
    {
        RowBlock rows = RowBlock.Allocate(FileCount, Width, Precision);
        Parallelism.ForRanges(FileCount, minimumPerThread: 256, (from, to) =>
        {
            for (int row = from; row < to; row++)
                rows.Set(row, _compute!(row));
        });
        return rows;
    }

    private static RowBlock Empty(RowBlock rows) => RowBlock.Copy([], rows.Width, rows.Precision);

    private int FirstAtLeast(int row)
    {
        int place = Array.BinarySearch(_replaced, row);
        return place < 0 ? ~place : place;
    }
}
