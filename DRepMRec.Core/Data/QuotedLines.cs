using System.Globalization;
using System.Text.Json.Serialization;

namespace DRepMRec.Data;

/// <summary>
/// Lines of a delimited file that begin no row, because they lie within a quoted field: of titles with line breaks, or after a quote that
/// nobody meant to open a field.
/// </summary>
public sealed record QuotedLines
{
    [JsonConstructor]
    internal QuotedLines(long count, long from, long to)
        => (Count, From, To) = (count, from, to);

    /// <summary>How many there are.</summary>
    public long Count { get; internal init; }

    /// <summary>The 1-based line at which the row with the most of them begins.</summary>
    public long From { get; internal init; }

    /// <summary>The line at which that row ends.</summary>
    public long To { get; internal init; }

    internal string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"{(Count == 1 ? "line" : "lines")} within quoted fields, the longest from line {From} to {To}");
}
