using System.Numerics.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>The sum of squares of a tensor's rows on the CPU, each as often as it counts: value and gradient in one pass.</summary>
internal sealed class SquaredLengthFunction : autograd.SingleTensorFunction<SquaredLengthFunction>
{
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
        Span<float> values = rows.FloatSpan(), slopes = slope.FloatSpan();
        for (int n = 0; n < counts.Length; n++)
        {
            Span<float> row = values.Slice(n * width, width);
            sum += (double)counts[n] * TensorPrimitives.SumOfSquares<float>(row);
            TensorPrimitives.Multiply(row, (float)(2 * factor * counts[n]), slopes.Slice(n * width, width));
        }

        ctx.save_for_backward([slope]);
        return tensor((float)(sum * factor));
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => [ctx.get_saved_variables()[0] * grad_output, null!, null!];
}
