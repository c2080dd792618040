using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>What a row says beside its user and item; NaN, or <see cref="TimeCode.None"/>, for what isn't known.</summary>
internal readonly record struct RowValues(double Rating, long Time, double Label, double Weight, long Line)
{
    public static RowValues None { get; } = new(double.NaN, TimeCode.None, double.NaN, 1, 0);
}

/// <summary>The users, items and interactions that a reader gathers, with their places in files, and notes on passed-over data.</summary>
internal sealed partial class InteractionLog
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

    /// <summary>The first line that was taken as the header, where nothing tells whether it is one; otherwise empty.</summary>
    public IReadOnlyList<string> LineAsHeader { get; init; } = [];

    /// <summary>Whether there are mistakes for which the data will be refused.</summary>
    public bool IsRefused => !_skips && _mistakes.First is not null;

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

    /// <summary>Counts a row whose rating is below the minimum, if it is.</summary>
    /// <param name="rating">The rating; NaN for none, which isn't below it.</param>
    public bool IsBelowMinimum(double rating)
    {
        if (!(rating < _minimumRating))
            return false;
        _belowMinimum++;
        return true;
    }

    /// <summary>Counts a row with a mistake.</summary>
    /// <returns>Whether it is to be described.</returns>
    public bool Mistakes(RowMistakeKind kind) => _mistakes.Add(kind);

    /// <summary>Describes the mistake that was counted last.</summary>
    public void Describe(RowMistakeKind kind, long line, string message)
        => Describe(kind, new RawInteraction { File = (short)(_files.Count - 1), Line = Saturate(line) }, message);

    /// <summary>Describes the mistake that was counted last, in a file without interactions.</summary>
    public void Describe(RowMistakeKind kind, string file, long line, string message)
        => _mistakes.Describe(kind, new RowPlace(file, line, $"{Shown.Name(file)} line {line}: {message}"));

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

    /// <summary>Describes a mistake at a row.</summary>
    public void Describe(RowMistakeKind kind, in RawInteraction row, string message)
    {
        string? file = row.File < 0 ? null : _files[row.File];
        _mistakes.Describe(kind, new RowPlace(file, row.Line, $"{Where(row)}: {message}"));
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

        return IsBelowMinimum(values.Rating);
    }
}
