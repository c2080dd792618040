using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>A user and what is recommended to it.</summary>
public readonly record struct UserRecommendations
{
    [JsonConstructor]
    internal UserRecommendations(string user, RecommendationList items) => (User, Items) = (user, items);

    /// <summary>The user's raw id.</summary>
    public string User { get; }

    /// <summary>Recommended items, the best first, and the source of their scores.</summary>
    public RecommendationList Items { get; }

    /// <summary>Takes the two apart: <c>await foreach (var (user, items) in lists)</c>.</summary>
    /// <param name="user">The user's raw id.</param>
    /// <param name="items">Recommended items.</param>
    public void Deconstruct(out string user, out RecommendationList items) => (user, items) = (User, Items);
}
