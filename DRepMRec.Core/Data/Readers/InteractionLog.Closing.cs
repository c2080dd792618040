using System.Globalization;

namespace DRepMRec.Data;

// What becomes of the rows once all are there.
internal sealed partial class InteractionLog
{
    /// <summary>Refuses or leaves out every row without a label that a split could go by.</summary>
    /// <param name="allowBlank">Whether rows without any label stay.</param>
    public void RequireLabels(bool allowBlank = false)
    {
        const string Expected = "expected the label 0 (training), 1 (validation) or 2 (test), found";
        LeaveOut(
            RowMistakeKind.Label,
            row => row.Label >= RawInteraction.OtherLabel && !(allowBlank && row.Label == RawInteraction.NoLabel),
            row => double.IsNaN(LabelOf(row)) ? $"{Expected} none."
                : $"{Expected} {LabelOf(row).ToString(CultureInfo.InvariantCulture)}.");
    }

    /// <summary>Refuses or leaves out every row without a timestamp, for a split that goes by time.</summary>
    /// <param name="strategy">The split.</param>
    /// <param name="sparesPairs">Whether a row stays where another of its pair has a timestamp.</param>
    public void RequireTimestamps(SplitStrategy strategy, bool sparesPairs)
    {
        bool IsUntimed(RawInteraction row) => row.Time == TimeCode.None;
        HashSet<(int, int)>? untimed = null;
        if (sparesPairs)
        {
            untimed = [.. Rows.Where(IsUntimed).Select(row => (row.User, row.Item))];
            if (untimed.Count > 0)
                untimed.ExceptWith(Rows.Where(row => !IsUntimed(row)).Select(row => (row.User, row.Item)));
        }

        LeaveOut(
            RowMistakeKind.MissingTimestamp,
            row => IsUntimed(row) && untimed?.Contains((row.User, row.Item)) != false,
            _ => $"expected a timestamp, which the split {strategy} needs; found none.");
    }

    /// <summary>Refuses or leaves out rows, and forgets users and items that no other row has and nothing else declared.</summary>
    /// <param name="kind">What is wrong with them.</param>
    /// <param name="isWrong">Whether it is with this one.</param>
    /// <param name="message">What was expected, and what came.</param>
    public void LeaveOut(RowMistakeKind kind, Func<RawInteraction, bool> isWrong, Func<RawInteraction, string> message)
    {
        int before = Rows.Count;
        Rows.RemoveWhere(i =>
        {
            RawInteraction row = Rows[i];
            if (!isWrong(row))
                return false;
            if (_mistakes.Add(kind))
                Describe(kind, row, message(row));
            return true;
        });
        if (Rows.Count == before)
            return;
        bool[] hasUser = new bool[Users.Count], hasItem = new bool[Items.Count];
        foreach (RawInteraction row in Rows)
            hasUser[row.User] = hasItem[row.Item] = true;
        int[] users = Users.Forget(hasUser), items = Items.Forget(hasItem);
        for (int i = 0; i < Rows.Count; i++)
            Rows[i] = Rows[i] with { User = users[Rows[i].User], Item = items[Rows[i].Item] };
    }

    /// <summary>Refuses, drops or merges every pair that occurred before.</summary>
    /// <param name="handling">Which of these.</param>
    /// <param name="readsLabels">Whether the split goes by labels.</param>
    public void HandleDuplicates(DuplicateHandling handling, bool readsLabels)
    {
        var repeats = new RepeatedPairs(this, handling, readsLabels);
        long wrong = _mistakes.Count;
        repeats.Handle();
        _merged = repeats.Dropped - (_mistakes.Count - wrong);
        HasWeights |= repeats.HasSummed;
        if (_merged == 0)
            return;
        string which = handling == DuplicateHandling.KeepLast ? "last" : "first";
        string conflicts = repeats.Conflicting == 0 ? "" : FormattableString.Invariant(
            $", {repeats.Conflicting:N0} of them with another label or timestamp: those of the {which} row count");
        string limited = repeats.Limited == 0 ? "" : FormattableString.Invariant(
            $"; {repeats.Limited:N0} sums are above {EventWeights.Max}, the largest weight, and count as that");
        _mergedNote = handling == DuplicateHandling.Sum
            ? FormattableString.Invariant($"{_merged:N0} interactions of a pair that occurred before were added to its weight{limited}")
            : FormattableString.Invariant($"{_merged:N0} interactions of a pair that occurred {(which == "first" ? "before" : "again")} ")
                + $"were left out{conflicts}";
    }

    /// <summary>Refuses rows with mistakes, unless they may be skipped.</summary>
    public void ThrowIfRefused()
    {
        if (IsRefused)
            throw new DatasetFormatException(_mistakes.First!, Report());
    }

    /// <summary>Refuses rows with mistakes unless they may be skipped, and a log without rows; takes down what was left out.</summary>
    /// <param name="allowEmpty">Whether a log without rows will do.</param>
    public LoadReport Close(bool allowEmpty = false)
    {
        ThrowIfRefused();
        LoadReport report = Report();
        List<string> left = [];
        if (LineAsHeader.Count > 0)
            left.Add($"the first line was {LoadReport.AsHeader(LineAsHeader)}");
        if (QuotedLines is { } quoted)
            left.Add(FormattableString.Invariant($"{quoted.Count:N0} {quoted.Describe()}"));
        if (_belowMinimum > 0)
            left.Add(FormattableString.Invariant($"{_belowMinimum:N0} interactions with a rating below {_minimumRating} were left out"));
        if (_ignoredEvents > 0)
            left.Add(FormattableString.Invariant($"{_ignoredEvents:N0} interactions with an event of the weight 0 were left out"));
        if (report.Catalogue is { RowsLeftOut: > 0 } catalogue)
            left.Add(FormattableString.Invariant($"{catalogue.RowsLeftOut:N0} interactions {catalogue.Describe()}"));
        left.AddRange(report.Mistakes.Select(m => FormattableString.Invariant($"{LoadReport.Rows(m.Count)} skipped: {m.Describe()}")));
        if (Rows.Count == 0 && !allowEmpty)
            throw Error($"expected at least one interaction, found none{string.Concat(left.Select(l => $"; {l}"))}.");
        left.ForEach(Note);
        if (_mergedNote is not null)
            Note(_mergedNote);
        return report;
    }

    private LoadReport Report() => new()
    {
        RowsRead = _read,
        Interactions = Rows.Count,
        RowsMerged = _merged,
        RowsBelowMinimumRating = _belowMinimum,
        RowsOfIgnoredEvents = _ignoredEvents,
        Catalogue = _catalogue?.Report(this),
        QuotedLines = QuotedLines,
        LineAsHeader = LineAsHeader,
        Timestamps = HasTimestamps ? Timestamps : null,
        Mistakes = _mistakes.Summary,
    };
}
