namespace DRepMRec.Serving;

/// <summary>Rows of one width: those of the model file, which are never copied, and behind them those that were added since.</summary>
internal sealed class RowStore(Block<float> rows, int count, int width, Block<float>? added = null)
{
    /// <summary>The rows of the file.</summary>
    public Block<float> Rows { get; } = rows;

    /// <summary>The rows that were added.</summary>
    public Block<float> Added { get; } = added ?? Block<float>.Empty;

    /// <summary>The number of rows of the file.</summary>
    public int FileCount { get; } = count;

    public int Width { get; } = width;

    public int Count => FileCount + (int)(Added.Length / Width);

    public ReadOnlySpan<float> this[int index] => index < FileCount ? Rows.Row(index, Width) : Added.Row(index - FileCount, Width);

    /// <summary>The same rows and some more.</summary>
    public RowStore With(IEnumerable<float[]> more) => new(Rows, FileCount, Width, Block<float>.Copy([.. Added.Slice(0, Added.Length), .. more.SelectMany(r => r)]));

    public static RowStore Of(float[] values, int width) => new(Block<float>.Copy(values), values.Length / width, width);
}
