using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// Which columns of a table hold its interactions, one per row: of a file, or of what a database answers. Numbers are in the invariant
/// culture ("4.5").
/// </summary>
/// <example>
/// <code>
/// var layout = new InteractionLayout
/// {
///     User = "visitor",
///     Item = "product",
///     Timestamp = "at",
///     Event = "action",
///     EventWeights = new Dictionary&lt;string, double&gt; { ["view"] = 1, ["cart"] = 3, ["purchase"] = 5 },
/// };
/// RecDataset data = RecDataset.LoadJsonLines("events.jsonl", layout);
/// </code>
/// </example>
public record InteractionLayout
{
    /// <summary>The column of the users' raw ids.</summary>
    /// <value>The default is "user".</value>
    public Column User { get; init; } = "user";

    /// <summary>The column of the items' raw ids.</summary>
    /// <value>The default is "item".</value>
    public Column Item { get; init; } = "item";

    /// <summary>The column of the ratings, which <see cref="DatasetOptions.MinimumRating"/> reads.</summary>
    /// <value>The default, <see langword="null"/>, reads none.</value>
    public Column? Rating { get; init; }

    /// <summary>The column of the timestamps: dates or numbers, see <see cref="TimestampFormat"/>. Blank ones aren't known.</summary>
    /// <value>The default, <see langword="null"/>, reads none.</value>
    public Column? Timestamp { get; init; }

    /// <summary>How timestamps are read.</summary>
    /// <value>The default finds out by itself, and refuses what could be meant in two ways.</value>
    public TimestampFormat TimestampFormat { get; init => field = Guard.Defined(value); }

    /// <summary>The column of the labels: 0 training, 1 validation, 2 test.</summary>
    /// <value>The default, <see langword="null"/>, reads none.</value>
    public Column? Label { get; init; }

    /// <summary>
    /// The column of the weights: how much each interaction counts, such as a quantity, a rating or minutes played. From 1e-20 to 1e20; it
    /// may be the column of the ratings.
    /// </summary>
    /// <value>The default, <see langword="null"/>, gives every interaction the weight 1.</value>
    public Column? Weight { get; init; }

    /// <summary>The column that says what kind of event a row is, such as "view" or "purchase".</summary>
    /// <value>The default, <see langword="null"/>, reads none. It needs <see cref="EventWeights"/>.</value>
    public Column? Event { get; init; }

    /// <summary>
    /// How much each kind of event counts, by its exact name; the weight of a row is multiplied by it. Rows with events of the weight 0 are
    /// left out, whatever else is in them. Other kinds are mistakes.
    /// </summary>
    /// <value>
    /// At least one entry, each 0 or from 1e-30 to 1e30; the product with the row's <see cref="Weight"/> is from 1e-20 to 1e20. The default
    /// is <see langword="null"/>.
    /// </value>
    public IReadOnlyDictionary<string, double>? EventWeights
    {
        get;
        init => field = value is null ? null : Checked(value);
    }

    private static IReadOnlyDictionary<string, double> Checked(IReadOnlyDictionary<string, double> weights)
    {
        if (weights.Count == 0)
            throw new ArgumentException($"{nameof(EventWeights)} must have at least one entry.", nameof(EventWeights));
        foreach (var (name, weight) in weights)
            Guard.NotNegative(weight, $"{nameof(EventWeights)}[{Shown.Text(name)}]");
        return weights;
    }
}
