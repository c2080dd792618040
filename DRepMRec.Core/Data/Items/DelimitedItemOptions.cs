namespace DRepMRec.Data;

/// <summary>Where a delimited file keeps its items, one per record.</summary>
/// <example>
/// <code>
/// var layout = new DelimitedItemOptions { Item = "sku", Title = "title", Numbers = ["price"], Image = "picture" };
/// ItemTable products = ItemTable.LoadDelimited("products.csv", layout);
/// </code>
/// </example>
public sealed record DelimitedItemOptions : ItemLayout
{
    /// <summary>The character between two columns.</summary>
    /// <value>Not a quote or a line break. The default is a comma.</value>
    public char Separator { get; init => field = DelimitedFormat.CheckedSeparator(value); } = ',';

    /// <summary>Whether the first line names the columns.</summary>
    /// <value>The default is <see langword="true"/>. Without a header the columns are given by position, and named by it.</value>
    public bool HasHeader { get; init; } = true;

    /// <summary>Whether a field may stand in double quotes and then hold separators, line breaks and doubled quotes (RFC 4180).</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Quotes { get; init; } = true;

    /// <summary>The file's encoding by its name, such as "latin1" or "utf-16".</summary>
    /// <value>As <see cref="DelimitedOptions.Encoding"/>. The default is "utf-8".</value>
    /// <exception cref="ArgumentException">No such encoding is known.</exception>
    public string Encoding { get; init => field = DelimitedFormat.CheckedEncoding(value); } = "utf-8";
}
