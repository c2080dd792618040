using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>The output of an alignment module.</summary>
/// <param name="Fused">The fused representations, in the order of the rows that it was called with.</param>
/// <param name="Terms">The loss terms by name; empty without a batch. Terms of weight 0 aren't computed and don't appear.</param>
public sealed record AlignmentResult(UserItemEmbeddings Fused, IReadOnlyList<LossTerm> Terms)
{
    /// <summary>The weighted sum of the terms, a scalar tensor with gradients; 0 without terms.</summary>
    public Tensor Loss => Terms.Count == 0
        ? zeros(1, ScalarType.Float32, Fused.Users.device).sum()
        : Terms.Select(t => t.Value.Times(t.Weight)).Aggregate((a, b) => a.Plus(b));
}
