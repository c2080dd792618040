using System.Text.Json.Serialization;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>A request for recommendations. Everything is by raw id; unknown ids do no harm and are named in the answer.</summary>
/// <example>
/// <code>
/// var request = new RecommendationRequest { History = ["item-3", "item-8"], Count = 5 };
/// RecommendationList items = recommender.Recommend(request);
/// </code>
/// </example>
public sealed record RecommendationRequest
{
    /// <summary>The user, or <see langword="null"/>.</summary>
    public string? UserId { get; init; }

    /// <summary>
    /// Items that the user has chosen, for users that aren't known or have nothing in training. A known user's representation stays as it
    /// was trained, but these items aren't recommended either.
    /// </summary>
    /// <value>Empty by default.</value>
    public IReadOnlyCollection<string> History { get; init => field = NotNull(value); } = [];

    /// <summary>The most items. There are fewer when fewer can be recommended.</summary>
    /// <value>0 (an empty answer) or more. The default is 10.</value>
    public int Count { get; init => field = Guard.NotNegative(value); } = 10;

    /// <summary>Whether the user's training items and <see cref="History"/> are left out.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool ExcludeSeen { get; init; } = true;

    /// <summary>The only items that may be recommended, or <see langword="null"/> for all.</summary>
    public IReadOnlyCollection<string>? Candidates { get; init; }

    /// <summary>Items that are left out.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyCollection<string> Excluded { get; init => field = NotNull(value); } = [];

    /// <summary>
    /// Whether an item may be recommended, by its id. It's asked only about items that would be in the answer otherwise, in no particular
    /// order; in a batch by several threads at once.
    /// </summary>
    /// <remarks>It is code, not data: a request that has one isn't written as JSON.</remarks>
    [JsonIgnore]
    public Func<string, bool>? Filter { get; init; }

    /// <summary>Items with a lower score are left out. Popularity has no scores to compare and is never cut.</summary>
    /// <value>Any number but NaN. The default is minus infinity.</value>
    public float MinimumScore
    {
        get;
        init => field = float.IsNaN(value) ? throw new ArgumentOutOfRangeException(nameof(value), "Expected a number, got NaN.") : value;
    } = float.NegativeInfinity;

    private static IReadOnlyCollection<string> NotNull(IReadOnlyCollection<string> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value;
    }
}
