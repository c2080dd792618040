using System.Numerics.Tensors;
using DRepMRec.Internals;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// Two lines at length 1, one behind the other, on the CPU, in one pass each way: [a / |a|; w b / |b|], where b / |b| stands in for a row a
/// of zeros.
/// </summary>
internal sealed unsafe class UnitConcatenationFunction : OwnFunction<UnitConcatenationFunction>
{
    private const int RowsPerThread = 256;

    public override string Name => nameof(UnitConcatenationFunction);

    /// <param name="a">[N, D].</param>
    /// <param name="b">[N, D].</param>
    /// <param name="weight">w.</param>
    /// <returns>[N, 2 D].</returns>
    public static Tensor Apply(Tensor a, Tensor b, double weight) => apply(a, b, (float)weight);

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor a = ((Tensor)vars[0]).contiguous();
        using Tensor b = ((Tensor)vars[1]).contiguous();
        float weight = (float)vars[2];
        int count = (int)a.shape[0], width = (int)a.shape[1];
        Tensor units = FloatTensors.Empty(2, count, width), scales = FloatTensors.Empty(2, count), y = FloatTensors.Empty(count, 2 * width);
        nint pa = (nint)a.Floats(), pb = (nint)b.Floats(), pu = (nint)units.Floats(), ps = (nint)scales.Floats(), py = (nint)y.Floats();
        Parallelism.ForRanges(count, RowsPerThread, (from, to) =>
        {
            for (int row = from; row < to; row++)
            {
                long start = (long)row * width;
                ReadOnlySpan<float> x = new((float*)pa + start, width);
                Span<float> first = new((float*)pu + start, width), second = new((float*)pu + ((long)count * width) + start, width);
                Span<float> own = new((float*)py + (2 * start), 2 * width);
                ((float*)ps)[row] = NormalizeFunction.Normalize(x, first);
                ((float*)ps)[count + row] = NormalizeFunction.Normalize(new ReadOnlySpan<float>((float*)pb + start, width), second);
                (IsZero(x) ? second : first).CopyTo(own);
                TensorPrimitives.Multiply(second, weight, own[width..]);
            }
        });
        ctx.save_for_backward([units, scales, a]);
        ctx.save_data("weight", weight);
        return y;
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        using Tensor slope = grad_output.contiguous();
        float weight = (float)ctx.get_data("weight");
        int count = (int)saved[2].shape[0], width = (int)saved[2].shape[1];
        Tensor toA = FloatTensors.Empty(count, width), toB = FloatTensors.Empty(count, width);
        nint pu = (nint)saved[0].Floats(), ps = (nint)saved[1].Floats(), px = (nint)saved[2].Floats(), pg = (nint)slope.Floats();
        nint ta = (nint)toA.Floats(), tb = (nint)toB.Floats();
        Parallelism.ForRanges(count, RowsPerThread, (from, to) =>
        {
            var toUnit = new float[width];
            for (int row = from; row < to; row++)
            {
                long start = (long)row * width;
                ReadOnlySpan<float> first = new((float*)pu + start, width), second = new((float*)pu + ((long)count * width) + start, width);
                ReadOnlySpan<float> g = new((float*)pg + (2 * start), 2 * width);
                Span<float> a = new((float*)ta + start, width), b = new((float*)tb + start, width);
                NormalizeFunction.Differentiate(first, g[..width], ((float*)ps)[row], a);
                TensorPrimitives.Multiply(g[width..], weight, toUnit);
                if (IsZero(new ReadOnlySpan<float>((float*)px + start, width)))
                    TensorPrimitives.Add(toUnit, g[..width], toUnit);
                NormalizeFunction.Differentiate(second, toUnit, ((float*)ps)[count + row], b);
            }
        });
        return [toA, toB, null!];
    }

    private static bool IsZero(ReadOnlySpan<float> row) => TensorPrimitives.SumOfSquares(row) == 0;
}
