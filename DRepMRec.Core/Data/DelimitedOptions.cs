using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Where a delimited file keeps its interactions, one per line. Numbers are in the invariant culture ("4.5").</summary>
/// <example>
/// <code>
/// var layout = new DelimitedOptions { User = "customer", Item = "product", Timestamp = "bought_at" };
/// RecDataset data = RecDataset.LoadDelimited("orders.csv", layout);
/// </code>
/// </example>
public sealed record DelimitedOptions
{
    /// <summary>The character between two columns.</summary>
    /// <value>Not a quote or a line break. The default is a comma.</value>
    public char Separator
    {
        get;
        init
        {
            if (value is '"' or '\r' or '\n')
                throw new ArgumentException($"A separator can't be a quote or a line break; got {Shown.Text([value])}.", nameof(Separator));
            field = value;
        }
    } = ',';

    /// <summary>Whether the first line names the columns.</summary>
    /// <value>The default is <see langword="true"/>. Without a header the columns are given by position.</value>
    public bool HasHeader { get; init; } = true;

    /// <summary>Whether a field may stand in double quotes and then hold separators, line breaks and doubled quotes (RFC 4180).</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Quotes { get; init; } = true;

    /// <summary>The column of the users' raw ids.</summary>
    /// <value>The default is "user".</value>
    public Column User { get; init; } = "user";

    /// <summary>The column of the items' raw ids.</summary>
    /// <value>The default is "item".</value>
    public Column Item { get; init; } = "item";

    /// <summary>The column of the ratings, which <see cref="DatasetOptions.MinimumRating"/> reads.</summary>
    /// <value>The default, <see langword="null"/>, reads none.</value>
    public Column? Rating { get; init; }

    /// <summary>The column of the timestamps, numbers in any unit that ascends.</summary>
    /// <value>The default, <see langword="null"/>, reads none.</value>
    public Column? Timestamp { get; init; }

    /// <summary>The column of the labels: 0 training, 1 validation, 2 test.</summary>
    /// <value>The default, <see langword="null"/>, reads none.</value>
    public Column? Label { get; init; }
}
