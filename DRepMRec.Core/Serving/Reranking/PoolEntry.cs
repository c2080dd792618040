namespace DRepMRec.Serving;

/// <summary>An item that may be taken.</summary>
/// <param name="Item">Its row.</param>
/// <param name="Score">The model's score.</param>
/// <param name="Value">What it's ranked by: the score with boosts and noise.</param>
internal readonly record struct PoolEntry(int Item, float Score, double Value);
