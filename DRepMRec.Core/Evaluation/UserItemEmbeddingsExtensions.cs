using DRepMRec.Evaluation;

namespace DRepMRec;

/// <summary>From representations to their evaluation.</summary>
public static class UserItemEmbeddingsExtensions
{
    /// <summary>Copies the representations out of libtorch, to rank and evaluate by their dot products.</summary>
    /// <param name="embeddings">The representations, which stay the caller's.</param>
    public static EmbeddingScorer ToScorer(this UserItemEmbeddings embeddings)
        => new(UserItemEmbeddings.Values(embeddings.Users), UserItemEmbeddings.Values(embeddings.Items), embeddings.Dimension);
}
