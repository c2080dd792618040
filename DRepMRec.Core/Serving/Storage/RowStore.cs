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

    /// <summary>The rows of the file, some of the added ones, and more.</summary>
    public RowStore With(IReadOnlyList<int> kept, IReadOnlyList<float[]> more)
    {
        var added = new float[(kept.Count + more.Count) * Width];
        for (int n = 0; n < kept.Count; n++)
            this[kept[n]].CopyTo(added.AsSpan(n * Width));
        for (int n = 0; n < more.Count; n++)
            more[n].CopyTo(added.AsSpan((kept.Count + n) * Width));
        return new RowStore(Rows, FileCount, Width, Block<float>.Copy(added));
    }

    public static RowStore Of(float[] values, int width) => new(Block<float>.Copy(values), values.Length / width, width);
}
