using System.Numerics.Tensors;

namespace DRepMRec.ItemToItem;

/// <summary>What the terms of a blend are multiplied by, for a user's row of length 1.</summary>
/// <param name="Part">That of the mean of the item-to-item weights, c.</param>
/// <param name="Popularity">That of the items' popularity, e.</param>
internal readonly record struct BlendFactors(float Part, float Popularity)
{
    /// <summary>Adds the popularity of a range of items, times a factor, with the same bits wherever it is done.</summary>
    public static void AddPopularity(ReadOnlySpan<float> popularity, float factor, Span<float> scores)
    {
        if (factor != 0)
            TensorPrimitives.FusedMultiplyAdd(popularity, factor, scores, scores);
    }
}
