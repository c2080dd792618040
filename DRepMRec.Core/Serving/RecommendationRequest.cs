using System.Text.Json;
using System.Text.Json.Serialization;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>A request for recommendations. Everything is by raw id; unknown ids do no harm and are named in the answer.</summary>
/// <remarks>
/// All can be asked for at once, and happens in this order: scores; what is left out (<see cref="Excluded"/>, what was seen,
/// <see cref="Candidates"/>, <see cref="MinimumScore"/>, <see cref="Where"/>, <see cref="Filter"/>); <see cref="Boosts"/>; the best
/// <see cref="Pool"/> items; <see cref="Exploration"/>; <see cref="Diversity"/>, which takes one item after the other, with
/// <see cref="Quotas"/> passing over those that would be too many. A request is data, but for its <see cref="Filter"/>.
/// </remarks>
/// <example>
/// <code>
/// var request = new RecommendationRequest { History = ["item-3", "item-8"], Count = 5 };
/// RecommendationList items = recommender.Recommend(request);
/// </code>
/// </example>
public sealed record RecommendationRequest : IJsonOnSerializing
{
    /// <summary>The user, or <see langword="null"/>.</summary>
    public string? UserId { get; init; }

    /// <summary>
    /// Items that the user has chosen, for users that aren't known or have nothing in training. A known user's representation stays as it
    /// was trained, but these items aren't recommended either.
    /// </summary>
    /// <value>Empty by default.</value>
    public IReadOnlyCollection<string> History { get; init => field = Guard.NoneNull(value); } = [];

    /// <summary>The most items. There are fewer when fewer can be recommended.</summary>
    /// <value>0 (an empty answer) or more. The default is 10.</value>
    public int Count { get; init => field = Guard.NotNegative(value); } = 10;

    /// <summary>Whether the user's training items and <see cref="History"/> are left out.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool ExcludeSeen { get; init; } = true;

    /// <summary>The only items that may be recommended, or <see langword="null"/> for all.</summary>
    public IReadOnlyCollection<string>? Candidates { get; init => field = value is null ? null : Guard.NoneNull(value); }

    /// <summary>Items that are left out.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyCollection<string> Excluded { get; init => field = Guard.NoneNull(value); } = [];

    /// <summary>
    /// Whether an item may be recommended, by its id. It's asked only about items that are among the best so far, for the answer or for
    /// the pool that the answer is chosen from, in no particular order; in a batch by several threads at once. Not a part of the request's
    /// JSON.
    /// </summary>
    /// <remarks>It is code, not data: a request that has one isn't written as JSON.</remarks>
    [JsonIgnore]
    public Func<string, bool>? Filter { get; init; }

    /// <summary>
    /// Items with a lower score, before boosts, are left out. Popularity has no scores to compare and is never cut.
    /// </summary>
    /// <value>Any number but NaN. The default is minus infinity.</value>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public float MinimumScore
    {
        get;
        init => field = float.IsNaN(value) ? throw new ArgumentOutOfRangeException(nameof(value), "Expected a number, got NaN.") : value;
    } = float.NegativeInfinity;

    /// <summary>What the metadata of every recommended item must be like: all of these.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyList<ItemCondition> Where { get; init => field = Guard.NoneNull(value); } = [];

    /// <summary>Items that are moved up or down by their metadata. One that meets several conditions gets all weights.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyList<ItemBoost> Boosts { get; init => field = Guard.NoneNull(value); } = [];

    /// <summary>How many items of a category there may be: all of these hold.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyList<CategoryQuota> Quotas { get; init => field = Guard.NoneNull(value); } = [];

    /// <summary>Items unlike each other, or <see langword="null"/> for those with the highest scores.</summary>
    public Diversity? Diversity { get; init; }

    /// <summary>A sample, or <see langword="null"/> for the items with the highest scores.</summary>
    public Exploration? Exploration { get; init; }

    /// <summary>
    /// How many of the best items <see cref="Diversity"/> and <see cref="Exploration"/> choose from, after filters and boosts. When quotas
    /// have used them up, as many of the next best follow. As many as there are items makes both exact over the whole catalogue.
    /// </summary>
    /// <value>At least 1; fewer than <see cref="Count"/> mean as many as that. The default is 200.</value>
    public int Pool { get; init => field = Guard.Positive(value); } = 200;

    /// <summary>Whether items are chosen by more than the highest scores.</summary>
    internal bool IsReranked => Boosts.Count > 0 || Quotas.Count > 0 || Diversity is not null || Exploration is not null;

    void IJsonOnSerializing.OnSerializing()
    {
        if (Filter is not null)
            throw new JsonException($"A request with a {nameof(Filter)} has no JSON: it is code. Name the candidates instead.");
    }
}
