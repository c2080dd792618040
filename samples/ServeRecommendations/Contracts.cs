using DRepMRec.Serving;

namespace ServeRecommendations;

internal sealed record RecommendationAnswer(
    RecommendationSource Source, IReadOnlyList<ShownItem> Items, IReadOnlyList<string> UnknownItems);

/// <summary>An item as it's shown: what is known of it by column, and where its picture is.</summary>
internal sealed record ShownItem(string Item, string? Title, string? Picture, IReadOnlyDictionary<string, object>? Values)
{
    public float? Score { get; init; }

    public float? Probability { get; init; }

    public Reasons? Why { get; init; }
}

/// <summary>The parts of a score, and the items of the history that support it.</summary>
internal sealed record Reasons(float? Behavior, IReadOnlyDictionary<string, float> Modalities, float ItemToItem, float Popularity,
    IReadOnlyList<ShownItem> Supporters, string? Unexplained);

/// <summary>An item's features by modality.</summary>
internal sealed record ItemFeaturesBody(IReadOnlyDictionary<string, float[]>? Features);

/// <summary>What is known of items in general: which columns requests may name, and whether new items can be described by them.</summary>
internal sealed record Shelves(string? Title, IReadOnlyList<ShelfColumn> Columns, bool TakesItems, bool TakesPictures);

/// <summary>A column: the first of the categories in use, at most 200, or the lowest and the highest number.</summary>
internal sealed record ShelfColumn(string Name, MetadataKind Kind, IReadOnlyList<string>? Categories, double? Min, double? Max);

internal sealed record Health(string Status, string Dataset, int Users, int Items, int FormatVersion,
    IReadOnlyDictionary<string, int> Features)
{
    public DateTimeOffset? Written { get; init; }

    public int Loads { get; init; }
}
