using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>
/// A table that several functions read: on the way back their gradients are added up in one pass by all threads, where autograd would make
/// a serial one for each.
/// </summary>
internal static class FanOut
{
    /// <param name="x">A contiguous tensor.</param>
    /// <param name="readers">How many functions read it.</param>
    /// <returns>The tensor once for each reader.</returns>
    public static Tensor[] Of(Tensor x, int readers) => readers > 1 && x.requires_grad && OwnKernels.Run(x)
        ? [.. Function.apply(x, readers)]
        : [.. Enumerable.Repeat(x, readers)];

    private sealed class Function : OwnMultiFunction<Function>
    {
        public override string Name => nameof(FanOut);

        protected override List<Tensor> ForwardPass(autograd.AutogradContext ctx, object[] vars)
        {
            var x = (Tensor)vars[0];
            return [.. Enumerable.Range(0, (int)vars[1]).Select(_ => x.narrow(0, 0, x.shape[0]))];
        }

        protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
            => [Passes.Sum(grad_outputs), null!];
    }
}
