using System.Globalization;

namespace DRepMRec.Data;

/// <summary>
/// Lines of a delimited file that begin no row, because they lie within a quoted field: of titles with line breaks, or after a quote that
/// nobody meant to open a field.
/// </summary>
/// <param name="Count">How many there are.</param>
/// <param name="From">The 1-based line at which the row with the most of them begins.</param>
/// <param name="To">The line at which that row ends.</param>
public sealed record QuotedLines(long Count, long From, long To)
{
    internal string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"{(Count == 1 ? "line" : "lines")} within quoted fields, the longest from line {From} to {To}");
}
