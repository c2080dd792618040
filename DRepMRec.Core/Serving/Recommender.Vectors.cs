using DRepMRec.Internals;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>The vector that a request's items are ranked by, to be asked for in a vector store that has the items.</summary>
    /// <param name="request">The request; its user and history are read.</param>
    /// <param name="similarity">How the store compares.</param>
    /// <returns>
    /// <see langword="null"/> where the answer goes by popularity, which no vector stands for. The store knows nothing of the items that
    /// the user has: leave them out by its filter, or ask for so many more.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such <paramref name="similarity"/>.</exception>
    /// <exception cref="InvalidOperationException">Scores have an item-to-item part, which no vector carries.</exception>
    public ReadOnlyMemory<float>? QueryVector(RecommendationRequest request, VectorSimilarity similarity = VectorSimilarity.DotProduct)
    {
        ArgumentNullException.ThrowIfNull(request);
        Guard.Defined(similarity, nameof(similarity));
        StoredVectors.ThrowIfBlended(_model);
        Profile profile = Profile.Of(_model, request);
        ReadOnlyMemory<float>? vector = profile.Query is { } query ? StoredVectors.OfUsers(similarity).Of(query) : null;
        GC.KeepAlive(this);
        return vector;
    }
}
