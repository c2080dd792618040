using System.Text.Json.Serialization;
using DRepMRec.Internals;
using DRepMRec.Serialization;

namespace DRepMRec.Data;

/// <summary>All rows with one kind of mistake.</summary>
public sealed record RowMistake
{
    [JsonConstructor]
    internal RowMistake(RowMistakeKind kind, long count, string acceptedBy, IReadOnlyList<RowPlace> first)
        => (Kind, Count, AcceptedBy, First) = (kind, count, acceptedBy, first);

    /// <summary>What is wrong.</summary>
    public RowMistakeKind Kind { get; internal init; }

    /// <summary>The number of rows.</summary>
    public long Count { get; internal init; }

    /// <summary>The options that would accept such rows, or leave them out.</summary>
    public string AcceptedBy { get; internal init; }

    /// <summary>The first places, at most three.</summary>
    public IReadOnlyList<RowPlace> First { get; internal init; }

    internal string Describe() => Kind switch
    {
        RowMistakeKind.Columns => "another number of columns",
        RowMistakeKind.Quotes => "text after a closing quote, or a torn last line",
        RowMistakeKind.Json => "not a JSON object with single values",
        RowMistakeKind.Header => "the header again",
        RowMistakeKind.User => "no user id",
        RowMistakeKind.Item => "no item id",
        RowMistakeKind.Rating => "no rating",
        RowMistakeKind.Timestamp => "no timestamp that can be read",
        RowMistakeKind.MissingTimestamp => "no timestamp, which the split needs",
        RowMistakeKind.Weight => "no weight from 1E-20 to 1E+20",
        RowMistakeKind.Event => "an event without a weight",
        RowMistakeKind.Label => "no label",
        RowMistakeKind.UnreadableLabel => "no label that can be read",
        RowMistakeKind.Text => "text that isn't Unicode",
        RowMistakeKind.Number => "no number that can be read",
        RowMistakeKind.Image => "no picture that can be read",
        RowMistakeKind.RepeatedItem => "an item that occurred before",
        RowMistakeKind.Dimension => "another number of features",
        RowMistakeKind.LabelsDiffer => "a pair of user and item that occurs with another label, too",
        _ => "a pair of user and item that occurred before",
    };
}

/// <summary>What may be wrong with a row.</summary>
[JsonConverter(typeof(EnumNameConverter<RowMistakeKind>))]
public enum RowMistakeKind
{
    /// <summary>It has more or fewer columns than the header or the first row.</summary>
    Columns,

    /// <summary>
    /// There is something between a closing quote and the next separator, perhaps lines after the opening one; or the last line is torn
    /// within quotes.
    /// </summary>
    Quotes,

    /// <summary>It isn't a JSON object with single values.</summary>
    Json,

    /// <summary>It is the header again.</summary>
    Header,

    /// <summary>The user's id is blank, isn't Unicode text, or isn't in the mapping file.</summary>
    User,

    /// <summary>The item's id is blank, isn't Unicode text, or isn't in the mapping file or a row of the features.</summary>
    Item,

    /// <summary>The rating isn't a finite number, or there is none though a minimum is asked for.</summary>
    Rating,

    /// <summary>The timestamp isn't a date or number as <see cref="TimestampFormat"/> has it, or of another kind than the first.</summary>
    Timestamp,

    /// <summary>There is no timestamp, though the split goes by time.</summary>
    MissingTimestamp,

    /// <summary>The weight is blank, or isn't a number above 0, from 1e-20 to 1e20.</summary>
    Weight,

    /// <summary>The event isn't in <see cref="InteractionLayout.EventWeights"/>.</summary>
    Event,

    /// <summary>The label isn't 0, 1 or 2, though the split is by label.</summary>
    Label,

    /// <summary>The label isn't a number.</summary>
    UnreadableLabel,

    /// <summary>The pair of user and item occurred before, and <see cref="DatasetOptions.Duplicates"/> refuses that.</summary>
    Repeated,

    /// <summary>The pair occurs with a lower label, too, and <see cref="DuplicateHandling.Sum"/> can't merge the two.</summary>
    LabelsDiffer,

    /// <summary>The title, a text or a category of an item isn't Unicode text.</summary>
    Text,

    /// <summary>A number of an item, or one of its features, isn't one.</summary>
    Number,

    /// <summary>The picture of an item is a path out of the folder of pictures, or an address that holds no base64.</summary>
    Image,

    /// <summary>The item occurred before in its table.</summary>
    RepeatedItem,

    /// <summary>The item has another number of features than most.</summary>
    Dimension,
}

/// <summary>A row with a mistake.</summary>
public sealed record RowPlace
{
    [JsonConstructor]
    internal RowPlace(string? file, long line, string message)
        => (File, Line, Message) = (file, line, message);

    /// <summary>The file's name, or <see langword="null"/> when the data came from memory or a database.</summary>
    public string? File { get; internal init; }

    /// <summary>The 1-based line of a text file, otherwise the 1-based number of the row.</summary>
    public long Line { get; internal init; }

    /// <summary>Where it is, what was expected and what was found.</summary>
    public string Message { get; internal init; }

    /// <summary>The message.</summary>
    public override string ToString() => Shown.Whole(Message);
}
