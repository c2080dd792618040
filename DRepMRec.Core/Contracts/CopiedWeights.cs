using System.Diagnostics.CodeAnalysis;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using DRepMRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>Weights that one instance has learned, and another loads.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal static class CopiedWeights
{
    private const int Steps = 3;

    /// <summary>Of the two in findings.</summary>
    public const string Where = "an instance with the weights that another saved after three steps";

    /// <summary>Makes three steps of training, saves the weights, and loads them into the other instance.</summary>
    /// <param name="from">The instance that is trained.</param>
    /// <param name="to">The other one.</param>
    /// <param name="loss">The loss of a step.</param>
    public static void Train(nn.Module from, nn.Module to, Func<Tensor> loss)
    {
        from.train();
        using (var adam = new AdamOptimizer(from.parameters(), new AdamOptions { LearningRate = 0.05 }))
        {
            for (int step = 0; step < Steps; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                adam.ZeroGradients();
                Tensor value = loss();
                if (value.requires_grad)
                    Backpropagation.Run(value);
                adam.Step();
            }

            adam.ZeroGradients();
        }

        using var file = new MemoryStream();
        from.save(file);
        to.load(new MemoryStream(file.ToArray()));
    }
}
