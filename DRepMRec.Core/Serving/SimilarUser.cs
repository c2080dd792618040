namespace DRepMRec.Serving;

/// <summary>A user who is like another.</summary>
/// <param name="User">The user's raw id.</param>
/// <param name="Score">The cosine between the two, from -1 to 1.</param>
public readonly record struct SimilarUser(string User, float Score);
