using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>A user who is like another.</summary>
public readonly record struct SimilarUser
{
    [JsonConstructor]
    internal SimilarUser(string user, float score) => (User, Score) = (user, score);

    /// <summary>The user's raw id.</summary>
    public string User { get; }

    /// <summary>The cosine between the two, from -1 to 1.</summary>
    public float Score { get; }

    /// <summary>Takes the two apart: <c>foreach (var (user, score) in list)</c>.</summary>
    /// <param name="user">The user's raw id.</param>
    /// <param name="score">The cosine.</param>
    public void Deconstruct(out string user, out float score) => (user, score) = (User, Score);
}
