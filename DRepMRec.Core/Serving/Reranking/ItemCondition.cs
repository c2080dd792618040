using System.Text.Json.Serialization;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>What an item's metadata must be like: a column, and what its value must be. Data, to be kept and sent as JSON.</summary>
/// <remarks>
/// All that is given must hold. With a column alone, items that have a value there meet the condition. An item without a value meets it
/// where <see cref="AllowMissing"/> says so, and where nothing is asked but <see cref="NotIn"/>: it's in none of those categories.
/// Categories that no item has are no mistake: no item is in them. A column that there isn't, or one of another kind, is one.
/// </remarks>
/// <example>
/// <code>
/// var affordable = new ItemCondition { Column = "price", Max = 50 };
/// var other = new ItemCondition { Column = "genre", NotIn = ["horror"] };
/// </code>
/// </example>
public sealed record ItemCondition
{
    /// <summary>The name of a column of the recommender's metadata.</summary>
    public required string Column { get; init => field = Guard.NotEmpty(value); }

    /// <summary>For categories: the item is in one of these at least.</summary>
    public IReadOnlyList<string>? In { get; init => field = NotNull(value); }

    /// <summary>For categories: the item is in none of these.</summary>
    public IReadOnlyList<string>? NotIn { get; init => field = NotNull(value); }

    /// <summary>For numbers: the least, itself included.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double? Min { get; init => field = NotNaN(value); }

    /// <summary>For numbers: the most, itself included.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double? Max { get; init => field = NotNaN(value); }

    /// <summary>For dates: the first moment, itself included.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>For dates: the moment before which it must lie, itself not included.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Whether items without a value meet the condition too.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool AllowMissing { get; init; }

    [JsonIgnore]
    internal bool AsksCategory => In is not null || NotIn is not null;

    [JsonIgnore]
    internal bool AsksNumber => Min is not null || Max is not null;

    [JsonIgnore]
    internal bool AsksDate => From is not null || Before is not null;

    [JsonIgnore]
    internal bool PassesMissing => AllowMissing || (NotIn is not null && In is null && !AsksNumber && !AsksDate);

    /// <summary>What an item's metadata row is asked.</summary>
    /// <exception cref="ArgumentException">There is no such column, it's of another kind, or no value could meet the condition.</exception>
    internal Func<int, bool> Compile(ItemMetadata? metadata)
    {
        if (metadata is null)
        {
            throw new ArgumentException(
                $"The request asks for the column {Shown.Text(Column)}; the recommender has no metadata ({nameof(Recommender)}."
                + $"{nameof(Recommender.WithMetadata)} adds it).", nameof(ItemCondition));
        }

        MetadataColumn column = metadata.Column(Column);
        if (Min > Max)
            throw Empty(FormattableString.Invariant($"at least {Min} and at most {Max}"));
        if (From >= Before)
            throw Empty($"from {From:O} and before {Before:O}");
        if (AllowMissing && !AsksCategory && !AsksNumber && !AsksDate)
        {
            throw new ArgumentException($"The condition on the column {Shown.Text(Column)} asks nothing: with AllowMissing and no values "
                + "every item meets it.", nameof(ItemCondition));
        }

        return column.Test(this);
    }

    private static IReadOnlyList<string>? NotNull(IReadOnlyList<string>? values)
        => values?.Contains(null!) is true ? throw new ArgumentException("A category is null.", nameof(values)) : values;

    private static double? NotNaN(double? value)
        => value is double.NaN ? throw new ArgumentOutOfRangeException(nameof(value), "Expected a number, got NaN.") : value;

    private ArgumentException Empty(string band)
        => new($"No value of the column {Shown.Text(Column)} is {band}.", nameof(ItemCondition));
}
