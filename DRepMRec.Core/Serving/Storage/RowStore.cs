namespace DRepMRec.Serving;

/// <summary>Rows of one width: the model file's, never copied, replacements of single rows, and rows added behind them.</summary>
internal sealed class RowStore
{
    private readonly int[] _replaced;
    private readonly Block<float> _replacements;

    /// <summary>The rows of a file.</summary>
    public RowStore(Block<float> rows, int count, int width)
        : this(rows, count, width, [], Block<float>.Empty, Block<float>.Empty)
    {
    }

    private RowStore(Block<float> rows, int count, int width, int[] replaced, Block<float> replacements, Block<float> added)
    {
        (Rows, FileCount, Width, _replaced, _replacements, Added) = (rows, count, width, replaced, replacements, added);
    }

    /// <summary>The rows of the file as they were written.</summary>
    public Block<float> Rows { get; }

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

    private int FirstAtLeast(int row)
    {
        int place = Array.BinarySearch(_replaced, row);
        return place < 0 ? ~place : place;
    }
}
