using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>An interaction as it was read: the numbers of its user and item, and where it stands.</summary>
/// <param name="User">The user's number in <see cref="InteractionLog.Users"/>.</param>
/// <param name="Item">The item's number in <see cref="InteractionLog.Items"/>.</param>
/// <param name="Timestamp">When it was, or NaN.</param>
/// <param name="Label">The set it belongs to, or NaN; it may be any number.</param>
/// <param name="File">The index of its file in the log, or -1 when it came from memory.</param>
/// <param name="Line">Its 1-based line, or its 1-based position when it came from memory.</param>
internal readonly record struct RawInteraction(int User, int Item, double Timestamp, double Label, int File, long Line);

/// <summary>The users, items and interactions that a reader gathers, with their places in files, and notes on passed-over data.</summary>
internal sealed class InteractionLog(double? minimumRating)
{
    private readonly List<RawInteraction> _rows = [];
    private readonly List<string> _files = [];
    private readonly List<string> _notes = [];
    private long _belowMinimum;

    public IdCollector Users { get; } = new();

    public IdCollector Items { get; } = new();

    public IReadOnlyList<RawInteraction> Rows => _rows;

    /// <summary>Sentences on data that isn't used, or not as it stands, for <see cref="DatasetSummary.Notes"/>.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether any interaction says which set it belongs to, or there is a column that should.</summary>
    public bool HasLabels { get; private set; }

    /// <summary>Whether any interaction has a timestamp.</summary>
    public bool HasTimestamps { get; private set; }

    /// <summary>Whether any interaction has a rating that nothing reads.</summary>
    public bool HasUnreadRatings { get; private set; }

    /// <summary>Names the file that the next interactions come from.</summary>
    public void BeginFile(string file) => _files.Add(file);

    /// <summary>Takes down that there is a column of labels, whatever it holds.</summary>
    public void DeclareLabels() => HasLabels = true;

    /// <summary>Takes something down that was brought and isn't used.</summary>
    public void Note(string note) => _notes.Add(note);

    /// <summary>Adds an interaction; NaN stands for a rating, timestamp or label that isn't known.</summary>
    public void Add(ReadOnlySpan<char> user, ReadOnlySpan<char> item, double rating, double timestamp, double label, long line)
    {
        var row = new RawInteraction(-1, -1, timestamp, label, _files.Count - 1, line);
        if (RawId.WhatIsWrong(user) is { } wrongUser)
            throw Error(row, $"expected a user id, found {wrongUser}.");
        if (RawId.WhatIsWrong(item) is { } wrongItem)
            throw Error(row, $"expected an item id, found {wrongItem}.");
        if (minimumRating is { } minimum)
        {
            if (double.IsNaN(rating))
            {
                throw Error(row, FormattableString.Invariant(
                    $"expected a rating, because a minimum of {minimum} is asked for; found none."));
            }

            if (rating < minimum)
            {
                _belowMinimum++;
                return;
            }
        }
        else
        {
            HasUnreadRatings |= !double.IsNaN(rating);
        }

        HasLabels |= !double.IsNaN(label);
        HasTimestamps |= !double.IsNaN(timestamp);
        _rows.Add(row with { User = Users.Add(user), Item = Items.Add(item) });
    }

    /// <summary>Refuses an empty log, and takes down what the minimum rating left out.</summary>
    public void RequireRows()
    {
        string left = _belowMinimum == 0 ? ""
            : FormattableString.Invariant($"{_belowMinimum:N0} interactions with a rating below {minimumRating} were left out");
        if (_rows.Count == 0)
            throw Error($"expected at least one interaction, found none{(left.Length == 0 ? "" : $"; {left}")}.");
        if (left.Length > 0)
            Note(left);
    }

    /// <summary>Refuses or drops every pair that occurred before.</summary>
    public void HandleDuplicates(DuplicateHandling handling)
    {
        var firsts = new Dictionary<(int, int), int>(_rows.Count);
        int kept = 0, conflicting = 0;
        for (int i = 0; i < _rows.Count; i++)
        {
            RawInteraction row = _rows[i];
            if (firsts.TryAdd((row.User, row.Item), kept))
            {
                _rows[kept++] = row;
                continue;
            }

            RawInteraction first = _rows[firsts[(row.User, row.Item)]];
            conflicting += first.Label.Equals(row.Label) && first.Timestamp.Equals(row.Timestamp) ? 0 : 1;
            if (handling == DuplicateHandling.Reject)
            {
                throw Error(row, "expected each user-item pair once; found "
                    + $"user {Shown.Text(Users[row.User])} with item {Shown.Text(Items[row.Item])}, which is in {Where(first)} already.");
            }
        }

        if (kept < _rows.Count)
        {
            string conflicts = conflicting == 0 ? "" : FormattableString.Invariant(
                $", {conflicting:N0} of them with another label or timestamp: those of the first row count");
            Note(FormattableString.Invariant(
                $"{_rows.Count - kept:N0} interactions of a pair that occurred before were left out{conflicts}"));
        }

        _rows.RemoveRange(kept, _rows.Count - kept);
    }

    /// <summary>The error that an interaction brings about.</summary>
    public DatasetFormatException Error(RawInteraction row, string message)
        => row.File < 0 ? new($"{Where(row)}: {message}") : new(message, _files[row.File], row.Line);

    /// <summary>The error that the interactions as a whole bring about.</summary>
    public DatasetFormatException Error(string message) => new(message, _files.Count == 0 ? null : string.Join(", ", _files));

    private string Where(RawInteraction row) => row.File < 0 ? $"interaction {row.Line}"
        : $"{Shown.Name(_files[row.File])} line {row.Line}";
}
