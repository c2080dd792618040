using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>
/// At most so many items of a category in the answer. An item in several categories counts in each; one without a category isn't limited.
/// Data, to be kept and sent as JSON.
/// </summary>
/// <example><code>var varied = new CategoryQuota { Column = "brand", Max = 2 };</code></example>
public sealed record CategoryQuota
{
    /// <summary>The name of a column of categories of the recommender's metadata.</summary>
    public required string Column { get; init => field = Guard.NotEmpty(value); }

    /// <summary>The category that is limited, or <see langword="null"/> for each one of the column.</summary>
    public string? Category { get; init; }

    /// <summary>The most items.</summary>
    /// <value>0 (none) or more.</value>
    public required int Max { get; init => field = Guard.NotNegative(value); }
}
