namespace DRepMRec.Serving;

/// <summary>The metadata of one item. Values are read as they're asked for.</summary>
public sealed class ItemValues
{
    private readonly ItemMetadata _metadata;
    private readonly int _row;

    internal ItemValues(ItemMetadata metadata, int row) => (_metadata, _row) = (metadata, row);

    /// <summary>The item's categories in a column; empty for none.</summary>
    /// <param name="column">The name of a column of categories.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public IReadOnlyList<string> Categories(string column) => Read(_metadata.Column<CategoryColumn>(column).Texts(_row));

    /// <summary>The item's number in a column, or <see langword="null"/>.</summary>
    /// <param name="column">The name of a column of numbers.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public double? Number(string column) => Read(_metadata.Column<NumberColumn>(column).Number(_row));

    /// <summary>The item's date in a column, in UTC, or <see langword="null"/>.</summary>
    /// <param name="column">The name of a column of dates.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public DateTimeOffset? Date(string column) => Read(_metadata.Column<DateColumn>(column).Date(_row));

    /// <summary>The item's text in a column, or <see langword="null"/>.</summary>
    /// <param name="column">The name of a column of texts.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public string? Text(string column) => Read(_metadata.Column<TextColumn>(column).Text(_row));

    /// <summary>All values that the item has, by column: lists of strings, numbers, dates and strings.</summary>
    public IReadOnlyDictionary<string, object> ToDictionary()
    {
        var values = new Dictionary<string, object>();
        foreach (MetadataColumn column in _metadata.Columns)
        {
            if (column.Value(_row) is { } value)
                values.Add(column.Name, value);
        }

        return Read(values);
    }

    /// <summary>Keeps a mapped file until a value has been read.</summary>
    private T Read<T>(T value)
    {
        GC.KeepAlive(_metadata);
        return value;
    }
}
