namespace DRepMRec.ItemToItem;

/// <summary>What validation says of a pair of weights of a blend.</summary>
public sealed record BlendTrial
{
    internal BlendTrial(double weight, double popularityWeight, double value)
        => (Weight, PopularityWeight, Value) = (weight, popularityWeight, value);

    /// <summary>The weight of the item-to-item part.</summary>
    public double Weight { get; }

    /// <summary>The weight of the items' popularity.</summary>
    public double PopularityWeight { get; }

    /// <summary>The metric.</summary>
    public double Value { get; internal init; }
}
