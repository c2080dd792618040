using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>The last rows of a leaf, whose gradient is made in place: no table of zeros around the gradient of the rows.</summary>
internal sealed unsafe class LeafBlockFunction : OwnFunction<LeafBlockFunction>
{
    public override string Name => nameof(LeafBlockFunction);

    /// <param name="leaf">[N, D].</param>
    /// <param name="count">The number n of rows.</param>
    /// <param name="gradient">The gradient of the leaf.</param>
    /// <returns>[n, D].</returns>
    public static Tensor Apply(Tensor leaf, int count, LeafGradient gradient) => OwnKernels.Run(leaf)
        ? apply(leaf, count, gradient, new Source(leaf))
        : leaf.narrow(0, leaf.shape[0] - count, count);

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        var (leaf, count) = ((Tensor)vars[0], (int)vars[1]);
        ctx.save_data("gradient", vars[2]);
        ctx.save_data("source", vars[3]);
        return leaf.narrow(0, leaf.shape[0] - count, count);
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using Tensor slope = grad_output.contiguous();
        Tensor leaf = ((Source)ctx.get_data("source")).Leaf;
        Tensor? gradient = ((LeafGradient)ctx.get_data("gradient")).Add(
            leaf, target => Passes.Add(target + (leaf.numel() - slope.numel()), slope.Floats(), slope.numel()));
        return [gradient!, null!, null!, null!];
    }

    /// <summary>The leaf as it is, not as a variable of the function.</summary>
    private sealed record Source(Tensor Leaf);
}
