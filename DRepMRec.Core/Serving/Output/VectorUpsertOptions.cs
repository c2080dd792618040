using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>How vectors are written to a vector store.</summary>
public sealed record VectorUpsertOptions
{
    /// <summary>How the store compares.</summary>
    /// <value>The default is <see cref="VectorSimilarity.DotProduct"/>.</value>
    public VectorSimilarity Similarity { get; init => field = Guard.Defined(value); }

    /// <summary>The most records of one call of the store.</summary>
    /// <value>1 or more. The default is 1,000.</value>
    public int BatchSize { get; init => field = Guard.Positive(value); } = 1000;
}
