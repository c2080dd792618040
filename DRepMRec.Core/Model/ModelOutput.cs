using DRepMRec.Losses;

namespace DRepMRec;

/// <summary>The output of a model.</summary>
public sealed record ModelOutput
{
    internal ModelOutput(UserItemEmbeddings embeddings, IReadOnlyList<LossTerm> terms, UserItemEmbeddings? ego)
        => (Embeddings, Terms, Ego) = (embeddings, terms, ego);

    /// <summary>The representations of all users and items; the caller owns them.</summary>
    public UserItemEmbeddings Embeddings { get; }

    /// <summary>The loss terms beside the ranking loss, by name; empty without a batch.</summary>
    public IReadOnlyList<LossTerm> Terms { get; }

    /// <summary>The trainable rows that the behaviour encoder's representations start from, if it has such; the caller owns them.</summary>
    public UserItemEmbeddings? Ego { get; }
}
