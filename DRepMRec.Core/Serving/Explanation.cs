using DRepMRec.Data;

namespace DRepMRec.Serving;

/// <summary>Why an item has its score.</summary>
/// <param name="Item">The item's raw id.</param>
/// <param name="Score">The score, as it stands in recommendations.</param>
/// <param name="Source">What the score goes by.</param>
/// <param name="Supporters">The items of the user's history that are most similar to the item, by the cosine of the fused representations, the most similar first.</param>
public sealed record Explanation(string Item, float Score, RecommendationSource Source, IReadOnlyList<Recommendation> Supporters)
{
    /// <summary>
    /// How much of the score comes from behaviour, or <see langword="null"/> where <see cref="Unexplained"/> says why it can't be told. A fused representation is a sum of parts, u = Σ u_p and i = Σ i_p,
    /// so the score u·i is the sum of (u_p·i + u·i_p) / 2 over them: the Shapley values of the parts, in which what two parts make together is shared between them. The parts add up to the score.
    /// </summary>
    public float? Behavior { get; init; }

    /// <summary>How much of the score comes from each modality; empty where it can't be told or the model has no modal line.</summary>
    public IReadOnlyDictionary<Modality, float> Modalities { get; init; } = new Dictionary<Modality, float>();

    /// <summary>Why the parts can't be told, or <see langword="null"/> where they are.</summary>
    public string? Unexplained { get; init; }
}
