using System.Text.Json.Serialization;
using DRepMRec.Data;

namespace DRepMRec.Serving;

/// <summary>Why an item has its score.</summary>
public sealed record Explanation
{
    [JsonConstructor]
    internal Explanation(string item, float score, RecommendationSource source, IReadOnlyList<Recommendation> supporters)
        => (Item, Score, Source, Supporters) = (item, score, source, supporters);

    /// <summary>The item's raw id.</summary>
    public string Item { get; }

    /// <summary>The score, as it stands in recommendations.</summary>
    public float Score { get; }

    /// <summary>The source of the score.</summary>
    public RecommendationSource Source { get; }

    /// <summary>The items of the user's history most similar to the item, by the cosine of fused rows, the most similar first.</summary>
    public IReadOnlyList<Recommendation> Supporters { get; }

    /// <summary>
    /// How much of the score comes from behaviour, or <see langword="null"/> where <see cref="Unexplained"/> says why it can't be told. A
    /// fused representation is a sum of parts, u = Σ u_p and i = Σ i_p, so the score u·i is the sum of (u_p·i + u·i_p) / 2 over them: the
    /// Shapley values of the parts, in which what two parts make together is shared between them. With
    /// <see cref="ItemToItem"/> and <see cref="Popularity"/> the parts add up to the score.
    /// </summary>
    [JsonInclude]
    public float? Behavior { get; internal init; }

    /// <summary>How much of the score comes from each modality; empty where it can't be told or the model has no modal line.</summary>
    [JsonInclude]
    public IReadOnlyDictionary<Modality, float> Modalities { get; internal init; } = new Dictionary<Modality, float>();

    /// <summary>
    /// How much of the score comes from the item-to-item part; 0 where the model has none. With <see cref="Behavior"/>,
    /// <see cref="Modalities"/> and <see cref="Popularity"/> it adds up to the score.
    /// </summary>
    [JsonInclude]
    public float ItemToItem { get; internal init; }

    /// <summary>
    /// How much of the score comes from the item's popularity in training: below 0 for items that fewer have than a mean one, 0 for those
    /// that nobody had, and where popularity doesn't count.
    /// </summary>
    [JsonInclude]
    public float Popularity { get; internal init; }

    /// <summary>
    /// The items of the history that speak for the item or against it, each with its share of <see cref="ItemToItem"/>, the largest first.
    /// </summary>
    [JsonInclude]
    public IReadOnlyList<Recommendation> History { get; internal init; } = [];

    /// <summary>Why the parts can't be told, or <see langword="null"/> where they are.</summary>
    [JsonInclude]
    public string? Unexplained { get; internal init; }
}
