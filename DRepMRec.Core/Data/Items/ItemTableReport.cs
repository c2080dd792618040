using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// What became of the rows of a table of items, from one pass over all of them. <see cref="ToString"/> lays it out for reading, and it
/// serialises as JSON.
/// </summary>
public sealed record ItemTableReport
{
    /// <summary>The rows that were read, without headers and empty lines.</summary>
    public long RowsRead { get; init; }

    /// <summary>The items that came of them.</summary>
    public int Items { get; init; }

    /// <summary>The lines that lie within quoted fields of several lines. Many of them tell of a quote that opens none.</summary>
    /// <value><see langword="null"/> when each line begins a row.</value>
    public QuotedLines? QuotedLines { get; init; }

    /// <summary>The cells of the first line, where it may be the first row, as <see cref="LoadReport.LineAsHeader"/>.</summary>
    /// <value>Empty where there is no header, or a column was found in it by its name.</value>
    public IReadOnlyList<string> LineAsHeader { get; init; } = [];

    /// <summary>The mistakes by kind, in the order in which they first occurred; a row with several counts in each kind.</summary>
    public IReadOnlyList<RowMistake> Mistakes { get; init; } = [];

    /// <summary>Columns that weren't declared, and so weren't read.</summary>
    public IReadOnlyList<string> ColumnsNotRead { get; init; } = [];

    /// <summary>For each column that was read the number of items that have a value.</summary>
    public IReadOnlyList<ItemColumnReport> Columns { get; init; } = [];

    /// <summary>Items whose picture is a file that isn't there.</summary>
    public int PicturesNotFound { get; init; }

    /// <summary>The first paths of such pictures, at most three.</summary>
    public IReadOnlyList<string> PicturesNotFoundFirst { get; init; } = [];

    /// <summary>Items whose picture is an address on the web, which isn't fetched.</summary>
    public int PicturesOnTheWeb { get; init; }

    /// <summary>The report as a few lines of text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"{LoadReport.Rows(RowsRead)} read, {Items:N0} {(Items == 1 ? "item" : "items")}");
        void Line(long count, string what)
        {
            if (count > 0)
                text.Append(CultureInfo.InvariantCulture, $"\n{count,12:N0}  {what}");
        }

        if (LineAsHeader.Count > 0)
            Line(1, $"line {LoadReport.AsHeader(LineAsHeader)}");
        if (QuotedLines is { } quoted)
            Line(quoted.Count, $"{quoted.Describe()}; {nameof(DelimitedItemOptions.Quotes)} = false takes quotes as they are");
        foreach (ItemColumnReport column in Columns)
            text.Append(CultureInfo.InvariantCulture, $"\n{column.Items,12:N0}  with {Shown.Text(column.Name)} ({column.Kind})");
        Line(PicturesNotFound,
            $"pictures not found, such as {string.Join(", ", PicturesNotFoundFirst.Select(path => Shown.Text(path)))}");
        Line(PicturesOnTheWeb, "pictures on the web: kept as addresses, not fetched for features");
        Line(ColumnsNotRead.Count,
            $"{(ColumnsNotRead.Count == 1 ? "column" : "columns")} not read: {Shown.List(ColumnsNotRead)}");
        LoadReport.Append(text, Mistakes);
        return text.ToString();
    }
}

/// <summary>A column of items that was read.</summary>
public sealed record ItemColumnReport
{
    [JsonConstructor]
    internal ItemColumnReport(string name, ItemColumnKind kind, int items)
        => (Name, Kind, Items) = (name, kind, items);

    /// <summary>Its name.</summary>
    public string Name { get; internal init; }

    /// <summary>What it holds.</summary>
    public ItemColumnKind Kind { get; internal init; }

    /// <summary>The number of items that have a value.</summary>
    public int Items { get; internal init; }
}
