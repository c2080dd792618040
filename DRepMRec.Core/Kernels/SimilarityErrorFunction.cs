using System.Numerics.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>The mean of (X X' - T)² for a symmetric T on the CPU. As R = X X' - T is symmetric, the gradient is 4 R X / n².</summary>
internal sealed unsafe class SimilarityErrorFunction : OwnFunction<SimilarityErrorFunction>
{
    private const int RowsPerThread = 64;

    public override string Name => nameof(SimilarityErrorFunction);

    /// <param name="x">[n, D].</param>
    /// <param name="target">T, [n, n], symmetric; takes no gradient.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Apply(Tensor x, Tensor target) => apply(x, target);

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor x = ((Tensor)vars[0]).contiguous();
        using Tensor target = ((Tensor)vars[1]).contiguous();
        Tensor rest = DenseProduct.Multiply(x, x, transposeB: true);
        int count = (int)x.shape[0];
        nint pr = (nint)rest.Floats(), pt = (nint)target.Floats();
        var squares = new float[count];
        Parallelism.ForRanges(count, RowsPerThread, (from, to) =>
        {
            for (int row = from; row < to; row++)
            {
                Span<float> own = new((float*)pr + ((long)row * count), count);
                TensorPrimitives.Subtract(own, new ReadOnlySpan<float>((float*)pt + ((long)row * count), count), own);
                squares[row] = TensorPrimitives.SumOfSquares<float>(own);
            }
        });
        double sum = 0;
        foreach (float one in squares)
            sum += one;

        ctx.save_for_backward([x, rest]);
        return tensor((float)(sum / ((double)count * count)), device: CPU);
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        double count = saved[0].shape[0];
        Tensor factor = grad_output.detach().Times(4 / (count * count)); // The rest of the slope has no graph, so this has none either.
        return [DenseProduct.Multiply(saved[1], saved[0]).mul_(factor).MoveToOuterDisposeScope(), null!];
    }
}
