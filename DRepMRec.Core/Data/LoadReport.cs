using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// What became of the rows that a reader went through, from one pass over all of them. Each row counts once: as used, merged, left out on
/// request, or with the first mistake in it. <see cref="ToString"/> lays it out for reading, and it serialises as JSON.
/// </summary>
public sealed record LoadReport
{
    /// <summary>The rows of interactions that were read, without headers and empty lines.</summary>
    public long RowsRead { get; init; }

    /// <summary>The interactions that came of them.</summary>
    public long Interactions { get; init; }

    /// <summary>Rows of pairs that occurred in another row too, and that were dropped or added to that one.</summary>
    public long RowsMerged { get; init; }

    /// <summary>Rows with a rating below <see cref="DatasetOptions.MinimumRating"/>.</summary>
    public long RowsBelowMinimumRating { get; init; }

    /// <summary>Rows with an event of the weight 0 in <see cref="InteractionLayout.EventWeights"/>.</summary>
    public long RowsOfIgnoredEvents { get; init; }

    /// <summary>The lines that lie within quoted fields of several lines. Many of them tell of a quote that opens none.</summary>
    /// <value><see langword="null"/> when each line begins a row.</value>
    public QuotedLines? QuotedLines { get; init; }

    /// <summary>
    /// The cells of the first line, where it was taken as the header of a delimited file whose columns are all given by position: nothing
    /// tells whether it is a header or the first row.
    /// </summary>
    /// <value>Empty where there is no header, or a column was found in it by its name.</value>
    public IReadOnlyList<string> LineAsHeader { get; init; } = [];

    /// <summary>What <see cref="DatasetOptions.Catalogue"/> left out.</summary>
    /// <value><see langword="null"/> when no catalogue was given.</value>
    public CatalogueReport? Catalogue { get; init; }

    /// <summary>Which items have both interactions and a row in the table of items.</summary>
    /// <value><see langword="null"/> when no table of items was given.</value>
    public ItemMatchReport? Items { get; init; }

    /// <summary>How timestamps were read.</summary>
    /// <value><see langword="null"/> when there were none, or they came as numbers from memory or a published layout.</value>
    public TimestampFormat? Timestamps { get; init; }

    /// <summary>The mistakes by kind, in the order in which they first occurred.</summary>
    public IReadOnlyList<RowMistake> Mistakes { get; init; } = [];

    /// <summary>The rows with mistakes: of interactions, and of features that stand beside them in RecBole's layout.</summary>
    public long RowsWithMistakes => Mistakes.Sum(m => m.Count);

    /// <summary>The report as a few lines of text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"{Rows(RowsRead)} read, {Interactions:N0} {(Interactions == 1 ? "interaction" : "interactions")}");
        void Line(long count, string what)
        {
            if (count > 0)
                text.Append(CultureInfo.InvariantCulture, $"\n{count,12:N0}  {what}");
        }

        if (LineAsHeader.Count > 0)
            Line(1, $"line {AsHeader(LineAsHeader)}");
        if (QuotedLines is { } quoted)
            Line(quoted.Count, $"{quoted.Describe()}; {nameof(DelimitedOptions.Quotes)} = false takes quotes as they are");
        Line(RowsMerged, "merged with another row of the same user and item");
        Line(RowsBelowMinimumRating, "left out: rating below the minimum");
        Line(RowsOfIgnoredEvents, "left out: events of the weight 0");
        if (Catalogue is { } catalogue)
            Line(catalogue.RowsLeftOut, catalogue.Describe());
        if (Items is { } items)
        {
            Line(items.WithoutInteractions, $"items of the table without an interaction, such as {Ids(items.WithoutInteractionsFirst)}");
            Line(items.NotInTable, $"items with interactions that aren't in the table, such as {Ids(items.NotInTableFirst)}");
            Line(items.Alike.Count, $"of these alike to the eye: {Ids(items.Alike)}");
        }

        Append(text, Mistakes);
        return text.ToString();
    }

    /// <summary>Adds lines that say what is wrong with which rows.</summary>
    internal static void Append(StringBuilder text, IReadOnlyList<RowMistake> mistakes)
    {
        foreach (RowMistake mistake in mistakes)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\n{mistake.Count,12:N0}  {mistake.Describe()}; accepted by {mistake.AcceptedBy}");
            foreach (RowPlace place in mistake.First)
                text.Append("\n                ").Append(place);
            if (mistake.Count > mistake.First.Count)
                text.Append("\n                …");
        }
    }

    internal static string AsHeader(IReadOnlyList<string> cells)
        => $"taken as the header: {Shown.List(cells)}; {nameof(DelimitedOptions.HasHeader)} = false reads it";

    private static string Ids(IEnumerable<string> ids) => string.Join(", ", ids.Select(id => Shown.Text(id)));

    internal static string Rows(long count) => count == 1 ? "1 row" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} rows");
}

/// <summary>What <see cref="DatasetOptions.Catalogue"/> left out.</summary>
public sealed record CatalogueReport
{
    [JsonConstructor]
    internal CatalogueReport(int items, int itemsWithInteractions, long rowsLeftOut, int itemsLeftOut, IReadOnlyList<string> examples)
        => (Items, ItemsWithInteractions, RowsLeftOut, ItemsLeftOut, Examples)
            = (items, itemsWithInteractions, rowsLeftOut, itemsLeftOut, examples);

    /// <summary>The number of items in the catalogue.</summary>
    public int Items { get; internal init; }

    /// <summary>Those of them that have interactions.</summary>
    public int ItemsWithInteractions { get; internal init; }

    /// <summary>The rows with other items.</summary>
    public long RowsLeftOut { get; internal init; }

    /// <summary>The number of these other items.</summary>
    public int ItemsLeftOut { get; internal init; }

    /// <summary>The first of these other items' raw ids, at most five.</summary>
    public IReadOnlyList<string> Examples { get; internal init; }

    internal string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"left out: {ItemsLeftOut:N0} {(ItemsLeftOut == 1 ? "item that isn't" : "items that aren't")} in the catalogue, such as ")
        + string.Join(", ", Examples.Select(id => Shown.Text(id)));
}

/// <summary>Which items have both interactions and a row in the table of items.</summary>
public sealed record ItemMatchReport
{
    [JsonConstructor]
    internal ItemMatchReport(
        int both, int withoutInteractions, IReadOnlyList<string> withoutInteractionsFirst, int notInTable,
        IReadOnlyList<string> notInTableFirst)
        => (Both, WithoutInteractions, WithoutInteractionsFirst, NotInTable, NotInTableFirst)
            = (both, withoutInteractions, withoutInteractionsFirst, notInTable, notInTableFirst);

    /// <summary>The items that have both.</summary>
    public int Both { get; internal init; }

    /// <summary>The items of the table without an interaction.</summary>
    public int WithoutInteractions { get; internal init; }

    /// <summary>The first of their raw ids, at most three.</summary>
    public IReadOnlyList<string> WithoutInteractionsFirst { get; internal init; }

    /// <summary>The items with interactions that the table doesn't have.</summary>
    public int NotInTable { get; internal init; }

    /// <summary>The first of their raw ids, at most three.</summary>
    public IReadOnlyList<string> NotInTableFirst { get; internal init; }

    /// <summary>Ids of the second kind that differ from one of the first in spelling alone, such as in case, at most three.</summary>
    public IReadOnlyList<string> Alike { get; init; } = [];
}
