using System.Numerics.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>The sum of squares of a tensor's rows on the CPU, each as often as it counts: value and gradient in one pass.</summary>
internal sealed unsafe class SquaredLengthFunction : autograd.SingleTensorFunction<SquaredLengthFunction>
{
    private const int RowsPerThread = 1024;

    public override string Name => nameof(SquaredLengthFunction);

    /// <param name="rows">[N, D].</param>
    /// <param name="counts">N numbers.</param>
    /// <param name="factor">The factor of the sum.</param>
    /// <returns>factor * sum of counts[n] |rows[n]|², a scalar.</returns>
    public static Tensor Apply(Tensor rows, float[] counts, double factor) => apply(rows, counts, factor);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor rows = ((Tensor)vars[0]).contiguous(), slope = empty_like(rows);
        var counts = (float[])vars[1];
        double factor = (double)vars[2], sum = 0;
        int width = (int)rows.shape[1];
        nint from = (nint)rows.Floats(), to = (nint)slope.Floats();
        var squares = new double[counts.Length];
        Parallelism.ForRanges(counts.Length, RowsPerThread, (first, last) =>
        {
            for (int n = first; n < last; n++)
            {
                var row = new ReadOnlySpan<float>((float*)from + ((long)n * width), width);
                squares[n] = (double)counts[n] * TensorPrimitives.SumOfSquares(row);
                TensorPrimitives.Multiply(row, (float)(2 * factor * counts[n]), new Span<float>((float*)to + ((long)n * width), width));
            }
        });
        foreach (double one in squares)
            sum += one;

        ctx.save_for_backward([slope]);
        return tensor((float)(sum * factor));
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => [Passes.Scaled(ctx.get_saved_variables()[0], grad_output), null!, null!];
}
