namespace DRepMRec.ItemToItem;

/// <summary>What validation says of a pair of weights of a blend.</summary>
/// <param name="Weight">The weight of the item-to-item part.</param>
/// <param name="PopularityWeight">The weight of the items' popularity.</param>
/// <param name="Value">The metric.</param>
public sealed record BlendTrial(double Weight, double PopularityWeight, double Value);
