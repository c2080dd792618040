using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>
/// Gradients that our kernels computed, where they are to be differentiated again (<c>create_graph</c>): they have no graph, so that second
/// derivatives would be zeros without a word. Whoever asks for one is told.
/// </summary>
internal sealed class OnceDifferentiable : OwnFunction<OnceDifferentiable>
{
    public override string Name => nameof(OnceDifferentiable);

    /// <summary>The gradients as they are, but where a graph of them is made.</summary>
    public static List<Tensor> Of(List<Tensor> gradients) => is_grad_enabled() ? gradients.ConvertAll(Guarded) : gradients;

    private static Tensor Guarded(Tensor gradient)
    {
        if (gradient is null || gradient.IsInvalid || gradient.requires_grad)
            return gradient!;
        using (gradient)
        using (Tensor leaf = gradient.detach().requires_grad_(true))
            return apply(leaf);
    }

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars) => ((Tensor)vars[0]).clone();

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
        => throw new NotSupportedException("The library's kernels have no second derivatives (create_graph): expected a term of rows that "
            + "libtorch alone computes from weights, such as those of a module of one's own.");
}
