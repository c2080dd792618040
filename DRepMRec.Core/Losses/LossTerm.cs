using static TorchSharp.torch;

namespace DRepMRec.Losses;

/// <summary>One named part of a loss.</summary>
/// <param name="Name">A short name for progress and logs, such as "intra", "inter" or "sss".</param>
/// <param name="Value">The unweighted value, a scalar tensor with gradients.</param>
/// <param name="Weight">The factor of the value in the sum.</param>
public readonly record struct LossTerm(string Name, Tensor Value, double Weight);
