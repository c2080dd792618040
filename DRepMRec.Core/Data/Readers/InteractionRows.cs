using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Where the columns of interactions stand in a table; -1 for one that isn't there.</summary>
internal sealed record InteractionColumns(
    int User, int Item, int Rating = -1, int Timestamp = -1, int Label = -1, int Weight = -1, int Event = -1);

/// <summary>Reads the rows of a table of interactions; every tabular reader ends here.</summary>
/// <param name="rows">The table, past its header.</param>
/// <param name="columns">Where the columns are.</param>
/// <param name="width">How many columns each row has.</param>
/// <param name="names">The names of the columns, or <see langword="null"/> when there is no header.</param>
internal sealed class InteractionRows(ITextRows rows, InteractionColumns columns, int width, IReadOnlyList<string>? names)
{
    private readonly RowForm _form = new(rows, width, names, "an interaction", columns.User, columns.Item);

    /// <summary>Raw ids for the user column to stand for, if its numbers are mapped.</summary>
    public IdMapping? UserMapping { get; init; }

    /// <summary>Raw ids for the item column to stand for, if its numbers are mapped.</summary>
    public IdMapping? ItemMapping { get; init; }

    /// <summary>How timestamps are read; numbers in any unit unless it is told.</summary>
    public TimestampColumn Timestamps { get; init; } = new(TimestampFormat.Number);

    /// <summary>What each kind of event counts, if there is a column of events.</summary>
    public EventWeights? Events { get; init; }

    /// <summary>Adds all further rows to the log; where there is no header, the current one too.</summary>
    public void ReadInto(InteractionLog log)
    {
        log.BeginFile(rows.File, rows.Unit);
        if (columns.Label >= 0)
            log.DeclareLabels();
        using var queue = new RowQueue(log);
        if (names is null)
            ReadRow(log, queue);
        while (rows.Read())
            ReadRow(log, queue);
        queue.Flush();
        log.QuotedLines = rows.QuotedLines;
    }

    // The log itself is only asked for rows to be counted; for all else the queue hands it over.
    private void ReadRow(InteractionLog log, RowQueue queue)
    {
        log.CountRow();
        if (IsBroken(queue))
            return;
        var values = RowValues.None with { Line = rows.Line };

        // What is left out is left out whatever else is in its row.
        if (IsIgnored(queue, out double? factor)
            || !TryNumber(queue, columns.Rating, "rating", RowMistakeKind.Rating, out double rating)
            || queue.IsBelowMinimum(rating)
            || !TryTime(queue, out long time)
            || !TryNumber(queue, columns.Label, "label", RowMistakeKind.UnreadableLabel, out double label)
            || !TryWeight(queue, factor, out double weight))
            return;
        ReadOnlySpan<char> user = rows[columns.User], item = rows[columns.Item];
        if ((UserMapping is not null && !TryMap(queue, UserMapping, RowMistakeKind.User, ref user))
            || (ItemMapping is not null && !TryMap(queue, ItemMapping, RowMistakeKind.Item, ref item)))
            return;
        queue.Add(user, item, values with { Rating = rating, Time = time, Label = label, Weight = weight });
    }

    private bool IsBroken(RowQueue queue)
    {
        if (_form.Fault is not { } fault)
            return false;
        Describe(queue, fault, queue.Interrupt().Mistakes(fault) ? _form.Message(fault) : null);
        return true;
    }

    private void Describe(RowQueue queue, RowMistakeKind kind, string? message)
    {
        if (message is not null)
            queue.Interrupt().Describe(kind, rows.Line, message);
    }

    private bool TryMap(RowQueue queue, IdMapping mapping, RowMistakeKind kind, ref ReadOnlySpan<char> id)
    {
        if (mapping.TryMap(id, out string? rawId))
        {
            id = rawId;
            return true;
        }

        Describe(queue, kind, queue.Interrupt().Mistakes(kind) ? mapping.Expected(id) : null);
        return false;
    }

    // A blank cell is a number that isn't known.
    private bool TryNumber(RowQueue queue, int column, string what, RowMistakeKind kind, out double value)
    {
        value = double.NaN;
        if (column < 0 || rows[column].IsWhiteSpace() || Numbers.TryRead(rows[column], out value))
            return true;
        Describe(queue, kind, queue.Interrupt().Mistakes(kind)
            ? $"expected a number as {Name(column, what)}, found {Shown.Text(rows[column])}." : null);
        return false;
    }

    private bool TryTime(RowQueue queue, out long time)
    {
        time = TimeCode.None;
        if (columns.Timestamp < 0 || Timestamps.TryRead(rows[columns.Timestamp], out time))
            return true;
        Describe(queue, RowMistakeKind.Timestamp, queue.Interrupt().Mistakes(RowMistakeKind.Timestamp)
            ? $"expected {Timestamps.Expected} as {Name(columns.Timestamp, "timestamp")}{Timestamps.Reason}, found "
                + $"{Shown.Text(rows[columns.Timestamp])}."
            : null);
        return false;
    }

    // What the row's event counts: 1 without events, null for one that nobody gave a weight.
    private bool IsIgnored(RowQueue queue, out double? factor)
    {
        factor = 1;
        if (Events is null)
            return false;
        factor = Events.TryGet(rows[columns.Event].Trim(), out double weight) ? weight : null;
        if (factor != 0)
            return false;
        queue.IgnoreEvent();
        return true;
    }

    private bool TryWeight(RowQueue queue, double? factor, out double weight)
    {
        weight = 1;
        if (columns.Weight >= 0 && !(Numbers.TryRead(rows[columns.Weight], out weight) && EventWeights.IsWeight(weight)))
        {
            Describe(queue, RowMistakeKind.Weight, queue.Interrupt().Mistakes(RowMistakeKind.Weight)
                ? $"expected {EventWeights.Expected(weight)} as {Name(columns.Weight, "weight")}, found {Shown.Text(rows[columns.Weight])}."
                : null);
            return false;
        }

        if (factor is null)
        {
            Describe(queue, RowMistakeKind.Event, queue.Interrupt().Mistakes(RowMistakeKind.Event)
                ? $"expected one of the events {Events} as {Name(columns.Event, "event")}, found {Shown.Text(rows[columns.Event].Trim())}."
                : null);
            return false;
        }

        weight *= factor.Value;
        if (EventWeights.IsWeight(weight))
            return true;
        Describe(queue, RowMistakeKind.Weight, queue.Interrupt().Mistakes(RowMistakeKind.Weight) ? FormattableString.Invariant(
            $"expected a weight from {EventWeights.Min} to {EventWeights.Max} by the event, found {weight}.") : null);
        return false;
    }

    private string Name(int column, string what) => names is null ? what : Shown.Message(names[column]);
}
