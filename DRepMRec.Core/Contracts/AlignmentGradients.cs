using System.Diagnostics.CodeAnalysis;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec.Contracts;

/// <summary>What an alignment gives gradients for, and those gradients.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal static class AlignmentGradients
{
    /// <summary>The gradients of the sum of all fused rows and the loss, for both lines and the weights, where there are any.</summary>
    public static IReadOnlyList<(string Name, float[] Gradient)> Of(
        IAlignmentModule alignment, UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows batch)
    {
        AlignmentResult result = ContractRun.Seeded(() => alignment.call(behavior, modal, batch));
        Tensor loss = result.Fused.Users.sum().Plus(result.Fused.Items.sum()).Plus(result.Loss);
        if (loss.requires_grad)
            Backpropagation.Run(loss);
        List<(string, float[])> gradients = [];
        foreach (var (name, input) in Inputs(behavior, modal).Concat(Weights(AlignmentChecks.AsModule(alignment))))
        {
            if (input.grad is { } gradient)
                gradients.Add((name, UserItemEmbeddings.Values(gradient.to_dense())));
            input.grad = null;
        }

        return gradients;
    }

    public static IReadOnlyList<(string Name, Tensor Tensor)> Inputs(UserItemEmbeddings behavior, UserItemEmbeddings modal) =>
    [
        ("behaviour of users", behavior.Users), ("behaviour of items", behavior.Items), ("content of users", modal.Users),
        ("content of items", modal.Items),
    ];

    /// <summary>The weights that take gradients.</summary>
    public static IReadOnlyList<(string Name, Tensor Tensor)> Weights(nn.Module module)
        => [.. module.named_parameters().Where(p => p.parameter.requires_grad).Select(p => (p.name, (Tensor)p.parameter))];
}
