using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>What a row says beside its user and item; NaN, or <see cref="TimeCode.None"/>, for what isn't known.</summary>
internal readonly record struct RowValues(double Rating, long Time, double Label, double Weight, long Line)
{
    public static RowValues None { get; } = new(double.NaN, TimeCode.None, double.NaN, 1, 0);
}

/// <summary>The users, items and interactions that a reader gathers, with their places in files, and notes on passed-over data.</summary>
internal sealed class InteractionLog
{
    private readonly List<string> _files = [];
    private readonly List<string> _notes = [];
    private readonly MistakeLog _mistakes;
    private readonly Dictionary<(short File, uint Line), double> _otherLabels = [];
    private readonly CatalogueFilter? _catalogue;
    private readonly double? _minimumRating;
    private readonly bool _skips;
    private string _unit = "interaction";
    private string? _mergedNote;
    private long _belowMinimum;
    private long _ignoredEvents;
    private long _merged;
    private long _read;
    private int _registeredItems;

    /// <param name="options">The options.</param>
    /// <param name="layout">What the caller says of the columns, or <see langword="null"/> where they have a layout of their own.</param>
    /// <param name="isSplit">Whether the interactions will be split.</param>
    public InteractionLog(DatasetOptions options, InteractionLayout? layout = null, bool isSplit = true)
    {
        _mistakes = new MistakeLog(kind => MistakeLog.InteractionsAcceptedBy(kind, hasLayout: layout is not null, isSplit));
        _minimumRating = options.MinimumRating;
        _skips = options.BadRows == BadRowHandling.Skip;
        Limit = new RowLimit(options.MaxRows, nameof(DatasetOptions));
        _catalogue = options.Catalogue is null ? null : new CatalogueFilter(options.Catalogue);
    }

    /// <summary>How many rows there may be.</summary>
    public RowLimit Limit { get; }

    public IdCollector Users { get; } = new();

    public IdCollector Items { get; } = new();

    public RawRows Rows { get; } = new();

    /// <summary>Sentences on data that isn't used, or not as it stands, for <see cref="DatasetSummary.Notes"/>.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether items that aren't in a catalogue are left out.</summary>
    public bool HasCatalogue => _catalogue is not null;

    /// <summary>Whether any interaction says which set it belongs to, or there is a column that should.</summary>
    public bool HasLabels { get; private set; }

    /// <summary>Whether any interaction has a timestamp.</summary>
    public bool HasTimestamps { get; private set; }

    /// <summary>Whether any interaction has a rating that nothing reads.</summary>
    public bool HasUnreadRatings { get; private set; }

    /// <summary>Whether any weight isn't 1.</summary>
    public bool HasWeights { get; private set; }

    /// <summary>How timestamps were read, or <see langword="null"/> when they are numbers without a unit by contract.</summary>
    public TimestampFormat? Timestamps { get; set; }

    /// <summary>The lines that begin no row; <see langword="null"/> where each does.</summary>
    public QuotedLines? QuotedLines { get; set; }

    /// <summary>Names the file that the next interactions come from, and what its rows are counted as.</summary>
    public void BeginFile(string? file, string unit)
    {
        _unit = unit;
        _registeredItems = Items.Count;
        if (file is not null)
            _files.Add(file);
    }

    /// <summary>Takes down that there is a column of labels, whatever it holds.</summary>
    public void DeclareLabels() => HasLabels = true;

    /// <summary>Takes something down that was brought and isn't used.</summary>
    public void Note(string note) => _notes.Add(note);

    /// <summary>Counts a row that is read.</summary>
    /// <exception cref="DatasetFormatException">There are more than there may be.</exception>
    public void CountRow()
    {
        if (Limit.WhatIsWrong(++_read) is { } wrong)
            throw Error(wrong);
    }

    /// <summary>Counts a row whose event has the weight 0.</summary>
    public void IgnoreEvent() => _ignoredEvents++;

    /// <summary>Counts a row with a mistake.</summary>
    /// <returns>Whether it is to be described.</returns>
    public bool Mistakes(RowMistakeKind kind) => _mistakes.Add(kind);

    /// <summary>Describes the mistake that was counted last.</summary>
    public void Describe(RowMistakeKind kind, long line, string message)
        => Describe(kind, new RawInteraction { File = (short)(_files.Count - 1), Line = Saturate(line) }, message);

    /// <summary>Adds an interaction, or counts what is wrong with it.</summary>
    public void Add(ReadOnlySpan<char> user, ReadOnlySpan<char> item, in RowValues values)
        => Add(user, IdCollector.Hash(user), item, IdCollector.Hash(item), values);

    /// <summary>Adds an interaction, or counts what is wrong with it, by hashes that are known.</summary>
    public void Add(ReadOnlySpan<char> user, int userHash, ReadOnlySpan<char> item, int itemHash, in RowValues values)
    {
        if (!TryFind(Users, user, userHash, RowMistakeKind.User, values.Line, out int userNumber)
            || !TryFind(Items, item, itemHash, RowMistakeKind.Item, values.Line, out int itemNumber) || IsLeftOut(values))
            return;
        bool isKnown = itemNumber >= _registeredItems; // It passed the catalogue before.
        if (!isKnown && _catalogue?.Offers(item) == false)
            return;
        HasLabels |= !double.IsNaN(values.Label);
        HasTimestamps |= values.Time != TimeCode.None;
        HasWeights |= values.Weight != 1;
        var row = new RawInteraction(
            userNumber < 0 ? Users.Add(user, userHash) : userNumber, itemNumber < 0 ? Items.Add(item, itemHash) : itemNumber, values.Time,
            (float)values.Weight, Saturate(values.Line), (short)(_files.Count - 1), LabelCode(values.Label));
        if (row.Label == RawInteraction.OtherLabel)
            _otherLabels[(row.File, row.Line)] = values.Label;
        if (InteractionLimit.WhatIsWrong(Rows.Count + 1L) is { } wrong)
            throw Error(wrong);
        Rows.Add(row);
    }

    /// <summary>Takes a row's label apart from the others': 0, 1, 2, any other number, or NaN.</summary>
    public double LabelOf(in RawInteraction row) => row.Label switch
    {
        RawInteraction.NoLabel => double.NaN,
        RawInteraction.OtherLabel => _otherLabels[(row.File, row.Line)],
        _ => row.Label,
    };

    /// <summary>Refuses or leaves out every row without a label that a split could go by.</summary>
    /// <param name="allowBlank">Whether rows without any label stay.</param>
    public void RequireLabels(bool allowBlank = false)
    {
        const string Expected = "expected the label 0 (training), 1 (validation) or 2 (test), found";
        Rows.RemoveWhere(i =>
        {
            RawInteraction row = Rows[i];
            if (row.Label < RawInteraction.OtherLabel || (allowBlank && row.Label == RawInteraction.NoLabel))
                return false;
            double label = LabelOf(row);
            if (_mistakes.Add(RowMistakeKind.Label))
            {
                Describe(RowMistakeKind.Label, row,
                    double.IsNaN(label) ? $"{Expected} none." : $"{Expected} {label.ToString(CultureInfo.InvariantCulture)}.");
            }

            return true;
        });
    }

    /// <summary>Refuses or leaves out every row without a timestamp, for a split that goes by time.</summary>
    public void RequireTimestamps(SplitStrategy strategy) => Rows.RemoveWhere(i =>
    {
        if (Rows[i].Time != TimeCode.None)
            return false;
        if (_mistakes.Add(RowMistakeKind.MissingTimestamp))
        {
            Describe(RowMistakeKind.MissingTimestamp, Rows[i],
                $"expected a timestamp, which the split {strategy} needs; found none.");
        }

        return true;
    });

    /// <summary>Refuses, drops or merges every pair that occurred before.</summary>
    public void HandleDuplicates(DuplicateHandling handling)
    {
        var repeats = new RepeatedPairs(this, handling);
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

    /// <summary>Describes a mistake at a row.</summary>
    public void Describe(RowMistakeKind kind, in RawInteraction row, string message)
    {
        string? file = row.File < 0 ? null : _files[row.File];
        _mistakes.Describe(kind, new RowPlace(file, row.Line, $"{Where(row)}: {message}"));
    }

    /// <summary>Refuses rows with mistakes unless they may be skipped, and a log without rows; takes down what was left out.</summary>
    /// <param name="allowEmpty">Whether a log without rows will do.</param>
    public LoadReport Close(bool allowEmpty = false)
    {
        LoadReport report = Report();
        if (_mistakes.First is { } first && !_skips)
            throw new DatasetFormatException(first, report);
        List<string> left = [];
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

    /// <summary>The error that an interaction brings about.</summary>
    public DatasetFormatException Error(in RawInteraction row, string message)
        => row.File < 0 || _unit != "line" ? new($"{Where(row)}: {message}") : new(message, _files[row.File], row.Line);

    /// <summary>The error that the interactions as a whole bring about.</summary>
    public DatasetFormatException Error(string message) => new(message, _files.Count == 0 ? null : string.Join(", ", _files));

    /// <summary>Where an interaction stands.</summary>
    public string Where(in RawInteraction row)
        => row.File < 0 ? $"{_unit} {row.Line}" : $"{Shown.Name(_files[row.File])} {_unit} {row.Line}";

    private static uint Saturate(long line) => (uint)Math.Min(line, uint.MaxValue);

    private static byte LabelCode(double label) => label switch
    {
        double.NaN => RawInteraction.NoLabel,
        0 or 1 or 2 => (byte)label,
        _ => RawInteraction.OtherLabel,
    };

    private LoadReport Report() => new()
    {
        RowsRead = _read,
        Interactions = Rows.Count,
        RowsMerged = _merged,
        RowsBelowMinimumRating = _belowMinimum,
        RowsOfIgnoredEvents = _ignoredEvents,
        Catalogue = _catalogue?.Report(this),
        QuotedLines = QuotedLines,
        Timestamps = HasTimestamps ? Timestamps : null,
        Mistakes = _mistakes.Summary,
    };

    private bool TryFind(IdCollector ids, ReadOnlySpan<char> id, int hash, RowMistakeKind kind, long line, out int number)
    {
        if (ids.TryGet(id, hash, out number) || RawId.WhatIsWrong(id) is not { } wrong)
            return true;
        if (_mistakes.Add(kind))
            Describe(kind, line, $"expected {(kind == RowMistakeKind.User ? "a user" : "an item")} id, found {wrong}.");
        return false;
    }

    // By its rating; a rating that is asked for and missing is a mistake.
    private bool IsLeftOut(in RowValues values)
    {
        if (_minimumRating is not { } minimum)
        {
            HasUnreadRatings |= !double.IsNaN(values.Rating);
            return false;
        }

        if (double.IsNaN(values.Rating))
        {
            if (_mistakes.Add(RowMistakeKind.Rating))
            {
                Describe(RowMistakeKind.Rating, values.Line,
                    FormattableString.Invariant($"expected a rating, because a minimum of {minimum} is asked for; found none."));
            }

            return true;
        }

        if (values.Rating >= minimum)
            return false;
        _belowMinimum++;
        return true;
    }
}
