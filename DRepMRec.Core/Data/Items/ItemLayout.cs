using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// Which columns of a table of items are what, one item per row: of a file, or of what a database answers. Columns of the table that aren't
/// declared aren't read, and the report names them.
/// </summary>
/// <remarks>
/// A column is declared once, and is called as it is declared, however the table spells it; one that is given by its position as the header
/// names it, or by the position where there is no header. Numbers are in the invariant culture ("4.5").
/// </remarks>
/// <example>
/// <code>
/// var layout = new ItemLayout { Item = "sku", Title = "title", Categories = ["brand", "tags"], Numbers = ["price"] };
/// ItemTable products = ItemTable.LoadJsonLines("products.jsonl", layout);
/// </code>
/// </example>
public record ItemLayout
{
    /// <summary>The column of the items' raw ids.</summary>
    /// <value>The default is "item".</value>
    public Column Item { get; init; } = "item";

    /// <summary>The column of the titles: they are shown, and are the first of the texts that features are made of.</summary>
    /// <value>The default, <see langword="null"/>, reads none.</value>
    public Column? Title { get; init; }

    /// <summary>The columns of further texts that features are made of, such as descriptions. They aren't kept to be shown.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<Column> Texts { get; init => field = Guard.NoneNull(value); } = [];

    /// <summary>
    /// The columns of categories, such as a brand or tags. In JSON lines, Parquet and databases they may be arrays or lists of single
    /// values; null, an empty list and one of blanks are no category.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<Column> Categories { get; init => field = Guard.NoneNull(value); } = [];

    /// <summary>
    /// What stands between two categories of one cell of text, such as "|"; the values of a list are whole. Blanks around a category are
    /// dropped.
    /// </summary>
    /// <value>Not empty. The default, <see langword="null"/>, takes a cell as one category.</value>
    public string? CategorySeparator { get; init => field = value is null ? null : Guard.NotEmpty(value); }

    /// <summary>The columns of numbers, such as a price. Blank ones aren't known.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<Column> Numbers { get; init => field = Guard.NoneNull(value); } = [];

    /// <summary>The columns of dates. Blank ones aren't known. A year alone is a number.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<Column> Dates { get; init => field = Guard.NoneNull(value); } = [];

    /// <summary>How dates are read; kept to 100 ns.</summary>
    /// <value>Not <see cref="TimestampFormat.Number"/>, which is no date. The default finds out by itself, for each column.</value>
    public TimestampFormat DateFormat
    {
        get;
        init => field = Guard.Defined(value) != TimestampFormat.Number ? value
            : throw new ArgumentOutOfRangeException(nameof(DateFormat), value, "Numbers without a unit are no dates.");
    }

    /// <summary>
    /// The column of one picture per item: a path within <see cref="ItemTableOptions.ImageFolder"/>, a <c>data:</c> address with base64,
    /// or, from databases and Parquet, the bytes themselves. Nothing is fetched from http addresses; they are kept to be shown.
    /// </summary>
    /// <value>The default, <see langword="null"/>, reads none.</value>
    public Column? Image { get; init; }
}
