using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>
/// Items unlike each other, by maximal marginal relevance (Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking for
/// Reordering Documents and Producing Summaries", SIGIR 1998, equation 1): again and again the item with the highest λ·r(i) - (1 - λ)·max
/// cos(i, j) over the items j that were taken before, where r is the score, moved and stretched so that it goes from 0 to 1 over the
/// request's pool. Data, to be kept and sent as JSON.
/// </summary>
/// <example><code>var request = new RecommendationRequest { UserId = "42", Diversity = new Diversity { Lambda = 0.7 } };</code></example>
public sealed record Diversity
{
    /// <summary>λ: how much the score counts against being unlike the items before.</summary>
    /// <value>From 0 (the score decides the first item alone) to 1 (the score decides alone). The default is 0.7.</value>
    public double Lambda { get; init => field = Guard.InRange(value, 0.0, 1.0); } = 0.7;

    /// <summary>The representations whose cosine says how like two items are; items without one are like no other.</summary>
    /// <value>One of <see cref="Recommender.Spaces"/>. The default is <see cref="RepresentationSpace.Fused"/>.</value>
    public RepresentationSpace Space { get; init => field = Guard.Defined(value); } = RepresentationSpace.Fused;
}
