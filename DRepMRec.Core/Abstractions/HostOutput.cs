using DRepMRec.Losses;

namespace DRepMRec;

/// <summary>What a host recommender returns.</summary>
/// <param name="Embeddings">The representations of all users and items; the caller owns them.</param>
/// <param name="Terms">The host's own loss terms beside the ranking loss, by name; empty without a batch.</param>
/// <param name="Modal">The host's own modal representations, of the same shapes, if it has any: what BMA aligns with where the options say so.</param>
public sealed record HostOutput(UserItemEmbeddings Embeddings, IReadOnlyList<LossTerm> Terms, UserItemEmbeddings? Modal = null);
