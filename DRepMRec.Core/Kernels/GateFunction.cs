using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>a ⊙ sigmoid(b), value and gradient in one pass each on the CPU, by libtorch elsewhere.</summary>
internal sealed unsafe class GateFunction : OwnFunction<GateFunction>
{
    public override string Name => nameof(GateFunction);

    /// <param name="a">The values that the gate lets through.</param>
    /// <param name="b">How far the gate is open, shaped like a.</param>
    public static Tensor Apply(Tensor a, Tensor b) => OwnKernels.Run(a) ? apply(a, b) : a * b.sigmoid();

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        using Tensor b = ((Tensor)vars[1]).contiguous();
        Tensor a = ((Tensor)vars[0]).contiguous(), gate = empty_like(b), y = empty_like(a);
        nint pa = (nint)a.Floats(), pb = (nint)b.Floats(), pg = (nint)gate.Floats(), py = (nint)y.Floats();
        Passes.ForBlocks(a.numel(), (start, length) =>
            GateKernel.Open((float*)pa + start, (float*)pb + start, (float*)pg + start, (float*)py + start, length, SimdPaths.Best));
        ctx.save_for_backward([a, gate]);
        return y;
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        using Tensor slope = grad_output.contiguous();
        Tensor toA = empty_like(slope), toB = empty_like(slope);
        nint pa = (nint)saved[0].Floats(), pg = (nint)saved[1].Floats(), ps = (nint)slope.Floats();
        nint ta = (nint)toA.Floats(), tb = (nint)toB.Floats();
        Passes.ForBlocks(slope.numel(), (start, length) =>
            GateKernel.Differentiate((float*)ps + start, (float*)pa + start, (float*)pg + start, (float*)ta + start, (float*)tb + start,
                length, SimdPaths.Best));
        return [toA, toB];
    }
}
