using DRepMRec.Losses;

namespace DRepMRec;

/// <summary>What a model returns.</summary>
/// <param name="Embeddings">The representations of all users and items; the caller owns them.</param>
/// <param name="Terms">The loss terms beside the ranking loss, by name; empty without a batch.</param>
public sealed record ModelOutput(UserItemEmbeddings Embeddings, IReadOnlyList<LossTerm> Terms);
