using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>X W' + b by our own product on the CPU, by libtorch elsewhere.</summary>
internal sealed class LinearFunction : OwnFunction<LinearFunction>
{
    public override string Name => nameof(LinearFunction);

    /// <param name="x">[N, d].</param>
    /// <param name="weight">[D, d].</param>
    /// <param name="bias">[D] or nothing.</param>
    /// <returns>[N, D].</returns>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor? bias)
    {
        TableShape.ThrowIfOtherWidth(x, weight, nameof(x));
        if (!OwnKernels.Run(x, weight, bias))
            return nn.functional.linear(x, weight, bias);
        return bias is null ? apply(x, weight) : apply(x, weight, bias);
    }

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor x = ((Tensor)vars[0]).contiguous(), weight = ((Tensor)vars[1]).contiguous();
        ctx.save_for_backward([x, weight]);
        ctx.save_data("needs", (Input: ((Tensor)vars[0]).requires_grad, Bias: vars.Length > 2));
        using Tensor? bias = vars.Length > 2 ? ((Tensor)vars[2]).contiguous() : null;
        return DenseProduct.Multiply(x, weight, transposeB: true, bias: bias);
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        var (input, hasBias) = ((bool, bool))ctx.get_data("needs");
        Tensor x = saved[0], weight = saved[1], slope = grad_output.contiguous();
        Tensor? toInput = input ? DenseProduct.Multiply(slope, weight).MoveToOuterDisposeScope() : null;
        Tensor toWeight = ToWeight(x, slope).MoveToOuterDisposeScope();
        if (!hasBias)
            return [toInput!, toWeight];

        return [toInput!, toWeight, ColumnSums.Of(slope).MoveToOuterDisposeScope()];
    }

    /// <summary>slope' x, with the narrower of the two on the right, which the product packs.</summary>
    private static Tensor ToWeight(Tensor x, Tensor slope) => slope.shape[1] < x.shape[1]
        ? DenseProduct.Multiply(x, slope, transposeA: true).t().contiguous()
        : DenseProduct.Multiply(slope, x, transposeA: true);
}
