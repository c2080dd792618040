using System.Numerics.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>Rows of length 1: y = x / |x|, and back (g - y (y · g)) / |x|; or by <see cref="MinLength"/> without gradient.</summary>
internal sealed unsafe class NormalizeFunction : autograd.SingleTensorFunction<NormalizeFunction>
{
    public const float MinLength = 1e-12f;
    private const int RowsPerThread = 1024;

    public override string Name => nameof(NormalizeFunction);

    /// <param name="x">[N, D].</param>
    public static Tensor Apply(Tensor x) => apply(x);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor x = ((Tensor)vars[0]).contiguous(), y = empty_like(x), scales = empty(x.shape[0]);
        int width = (int)x.shape[1];
        nint px = (nint)x.Floats(), py = (nint)y.Floats(), ps = (nint)scales.Floats();
        Parallelism.ForRanges((int)x.shape[0], RowsPerThread, (from, to) =>
        {
            for (int row = from; row < to; row++)
            {
                var own = new ReadOnlySpan<float>((float*)px + ((long)row * width), width);
                float length = MathF.Sqrt(TensorPrimitives.SumOfSquares(own));
                TensorPrimitives.Multiply(own, 1 / MathF.Max(length, MinLength), new Span<float>((float*)py + ((long)row * width), width));
                ((float*)ps)[row] = length < MinLength ? 0 : 1 / length;
            }
        });
        ctx.save_for_backward([y, scales]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        using Tensor slope = grad_output.contiguous();
        Tensor gradient = empty_like(slope);
        int width = (int)slope.shape[1];
        nint py = (nint)saved[0].Floats(), ps = (nint)saved[1].Floats(), pg = (nint)slope.Floats(), pt = (nint)gradient.Floats();
        Parallelism.ForRanges((int)slope.shape[0], RowsPerThread, (from, to) =>
        {
            for (int row = from; row < to; row++)
            {
                long start = (long)row * width;
                ReadOnlySpan<float> y = new((float*)py + start, width), g = new((float*)pg + start, width);
                var target = new Span<float>((float*)pt + start, width);
                TensorPrimitives.MultiplyAdd(y, -TensorPrimitives.Dot(y, g), g, target);
                TensorPrimitives.Multiply(target, ((float*)ps)[row], target);
            }
        });
        return [gradient];
    }
}
