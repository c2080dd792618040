using DRepMRec.Serving;

namespace ServeRecommendations;

/// <summary>The body of a client's request.</summary>
internal sealed record RecommendationQuery
{
    public string? UserId { get; init; }

    public IReadOnlyList<string>? History { get; init; }

    public int Count { get; init; } = 10;

    public bool ExcludeSeen { get; init; } = true;

    public IReadOnlyList<string>? Candidates { get; init; }

    public IReadOnlyList<string>? Excluded { get; init; }

    public float? MinimumScore { get; init; }

    public bool Why { get; init; }
}

internal sealed record RecommendationAnswer(RecommendationSource Source, IReadOnlyList<RecommendedItem> Items,
    IReadOnlyList<string> UnknownItems);

internal sealed record RecommendedItem(string Item, float Score, Reasons? Why);

/// <summary>The parts of a score, and the items of the history that support it.</summary>
internal sealed record Reasons(float? Behavior, IReadOnlyDictionary<string, float> Modalities, IReadOnlyList<ScoredItem> Supporters,
    string? Unexplained);

internal sealed record ScoredItem(string Item, float Score);

/// <summary>An item's features by modality.</summary>
internal sealed record ItemFeaturesBody(IReadOnlyDictionary<string, float[]>? Features);

internal sealed record Health(string Status, string Dataset, int Users, int Items, int FormatVersion,
    IReadOnlyDictionary<string, int> Features)
{
    public DateTimeOffset? Written { get; init; }

    public int Loads { get; init; }
}
