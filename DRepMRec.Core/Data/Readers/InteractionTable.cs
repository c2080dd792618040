using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Where the columns of interactions stand in a delimited file; -1 for one that isn't there.</summary>
internal sealed record InteractionColumns(int User, int Item, int Rating = -1, int Timestamp = -1, int Label = -1);

/// <summary>Reads the rows of a delimited file of interactions; every tabular reader ends here.</summary>
/// <param name="text">The file, past its header.</param>
/// <param name="columns">Where the columns are.</param>
/// <param name="width">How many columns each row has.</param>
/// <param name="names">The names of the columns, or <see langword="null"/> when there is no header.</param>
internal sealed class InteractionTable(DelimitedText text, InteractionColumns columns, int width, IReadOnlyList<string>? names)
{
    /// <summary>Raw ids for the user column to stand for, if its numbers are mapped.</summary>
    public IdMapping? UserMapping { get; init; }

    /// <summary>Raw ids for the item column to stand for, if its numbers are mapped.</summary>
    public IdMapping? ItemMapping { get; init; }

    /// <summary>Adds all further rows to the log; where there is no header, the current one too.</summary>
    public void ReadInto(InteractionLog log)
    {
        log.BeginFile(text.File);
        if (columns.Label >= 0)
            log.DeclareLabels();
        if (names is null)
            ReadRow(log);
        while (text.Read())
            ReadRow(log);
    }

    private void ReadRow(InteractionLog log)
    {
        if (text.FieldCount != width)
        {
            string which = names is null ? "as in the first line" : $"({Shown.List(names)})";
            throw text.Error($"expected {width} {text.Separated} columns {which}, found {text.FieldCount}: {text.Shown}.");
        }

        ReadOnlySpan<char> user = text[columns.User];
        ReadOnlySpan<char> item = text[columns.Item];
        if (names is not null && user.SequenceEqual(names[columns.User]) && item.SequenceEqual(names[columns.Item]))
            throw text.Error($"expected an interaction, found the header again: {text.Shown}.");
        double rating = Number(columns.Rating, "rating");
        double timestamp = Number(columns.Timestamp, "timestamp");
        double label = Number(columns.Label, "label");
        log.Add(
            UserMapping is null ? user : UserMapping.RawIdOf(user, text),
            ItemMapping is null ? item : ItemMapping.RawIdOf(item, text),
            rating,
            timestamp,
            label,
            text.Line);
    }

    // A blank cell is a number that isn't known.
    private double Number(int column, string kind)
        => column < 0 || text[column].IsWhiteSpace() ? double.NaN : text.Number(column, names is null ? kind : names[column]);
}
