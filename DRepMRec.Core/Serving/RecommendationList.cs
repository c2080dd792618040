using System.Collections;
using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>Recommended items, the best first, and the source of their scores.</summary>
[JsonConverter(typeof(RecommendationListConverter))]
public sealed class RecommendationList : IReadOnlyList<Recommendation>
{
    private readonly Recommendation[] _items;

    internal RecommendationList(Recommendation[] items, RecommendationSource source, IReadOnlyList<string> unknownItems)
        => (_items, Source, UnknownItems) = (items, source, unknownItems);

    /// <summary>The source of the scores.</summary>
    public RecommendationSource Source { get; }

    /// <summary>Items of the request's history and candidates that aren't known, each once.</summary>
    public IReadOnlyList<string> UnknownItems { get; }

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public Recommendation this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<Recommendation> GetEnumerator() => ((IEnumerable<Recommendation>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
