using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Serving;

/// <summary>How a vector store compares, and so which vectors it has to be given to rank as the recommender does.</summary>
/// <remarks>
/// The score is a dot product of fused rows, without bias or normalisation. A store that knows dot products gets the rows as they are. One
/// that compares by angle or distance gets one more number per vector: √(M² - |i|²) for an item, where M is the length of the longest item
/// row, and 0 for a user. All items are of length M then, so that u·i = |u| M cos(u, i) and |u - i|² = |u|² + M² - 2 u·i rank as u·i does
/// (Bachrach et al., Speeding Up the Xbox Recommender System Using a Euclidean Transformation for Inner-Product Spaces, RecSys 2014). M
/// belongs to the catalogue: upsert all items anew where it has changed.
/// </remarks>
[JsonConverter(typeof(EnumNameConverter<VectorSimilarity>))]
public enum VectorSimilarity
{
    /// <summary>The dot product: the rows as they are.</summary>
    DotProduct,

    /// <summary>The cosine: one more number per vector.</summary>
    Cosine,

    /// <summary>The Euclidean distance: one more number per vector.</summary>
    Euclidean,
}
