using System.Diagnostics.CodeAnalysis;
using DRepMRec.Graphs;
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
        return [.. Of(alignment, behavior, modal, loss).Where(g => g.Gradient is not null).Select(g => (g.Name, g.Gradient!))];
    }

    /// <summary>
    /// The gradients of the squares of a batch's fused rows and the loss, for both lines and the weights: where the alignment gets whole
    /// lines, or the batch's rows of them alone.
    /// </summary>
    public static IReadOnlyList<(string Name, float[] Gradient)> OfBatch(
        IAlignmentModule alignment, UserItemEmbeddings behavior, UserItemEmbeddings modal, TrainingBatch batch, bool alone)
    {
        RowSet own = batch.Compact.Rows;
        AlignmentResult result = ContractRun.Seeded(() => alone
            ? alignment.call(own.Select(behavior), own.Select(modal), batch.Compact) : alignment.call(behavior, modal, batch.Whole));
        UserItemEmbeddings fused = alone ? result.Fused : own.Select(result.Fused);
        Tensor loss = fused.Users.Squared().sum().Plus(fused.Items.Squared().sum()).Plus(result.Loss);
        return [.. Of(alignment, behavior, modal, loss).Select(g => (g.Name, g.Gradient ?? new float[g.Count]))];
    }

    private static List<(string Name, float[]? Gradient, long Count)> Of(
        IAlignmentModule alignment, UserItemEmbeddings behavior, UserItemEmbeddings modal, Tensor loss)
    {
        if (loss.requires_grad)
            Backpropagation.Run(loss);
        List<(string, float[]?, long)> gradients = [];
        foreach (var (name, input) in Inputs(behavior, modal).Concat(Weights(AlignmentChecks.AsModule(alignment))))
        {
            gradients.Add((name, input.grad is { } gradient ? UserItemEmbeddings.Values(gradient.to_dense()) : null, input.numel()));
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
