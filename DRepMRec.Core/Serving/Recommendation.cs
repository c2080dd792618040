namespace DRepMRec.Serving;

/// <summary>A recommended item.</summary>
/// <param name="Item">The item's raw id.</param>
/// <param name="Score">The score; higher is better. Scores compare within one list only.</param>
public readonly record struct Recommendation(string Item, float Score);
