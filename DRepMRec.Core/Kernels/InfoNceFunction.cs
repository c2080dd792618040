using System.Numerics.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// InfoNCE in both directions on the CPU, from one matrix of cosines: with E = exp((X Y' - 1) / t), row sums r and column sums c, the loss
/// is the mean of log r_i + log c_i - 2 log E_ii, halved, and its gradient by X Y' is (E_ij / r_i + E_ij / c_j - 2 [i = j]) / (2 n t).
/// </summary>
internal sealed unsafe class InfoNceFunction : OwnFunction<InfoNceFunction>
{
    /// <summary>Below this temperature, exponentials relative to the largest possible cosine, not the row's, could vanish.</summary>
    public const double LowestTemperature = 0.05;

    private const int RowsPerThread = 128;

    public override string Name => nameof(InfoNceFunction);

    /// <param name="x">[n, D], rows of length 1.</param>
    /// <param name="y">[n, D], rows of length 1; row i belongs to row i of x.</param>
    /// <param name="temperature">At least <see cref="LowestTemperature"/>.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Apply(Tensor x, Tensor y, double temperature) => apply(x, y, (float)temperature);

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor x = ((Tensor)vars[0]).contiguous(), y = ((Tensor)vars[1]).contiguous();
        Tensor slopes = DenseProduct.Multiply(x, y, transposeB: true);
        double loss = Differentiate(slopes, 1 / (float)vars[2]);
        ctx.save_for_backward([x, y, slopes]);
        return tensor((float)loss, device: CPU);
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor x = saved[0], y = saved[1], slopes = saved[2];
        Tensor toX = Passes.Scaled(DenseProduct.Multiply(slopes, y), grad_output);
        Tensor toY = Passes.Scaled(DenseProduct.Multiply(slopes, x, transposeA: true), grad_output);
        return [toX.MoveToOuterDisposeScope(), toY.MoveToOuterDisposeScope(), null!];
    }

    /// <summary>Turns cosines into the gradient by them, and returns the loss.</summary>
    private static double Differentiate(Tensor cosines, float scale)
    {
        int count = (int)cosines.shape[0];
        nint all = (nint)cosines.Floats();
        Span<float> Row(int row) => new((float*)all + ((long)row * count), count);

        float[] rowSums = new float[count], columnSums = new float[count];
        var sums = new ColumnSums(count, count);
        Parallelism.ForRanges(ColumnSums.Blocks(count), minimumPerThread: 1, (from, to) =>
        {
            for (int block = from; block < to; block++)
            {
                for (int row = block * ColumnSums.Block; row < Math.Min(count, (block + 1) * ColumnSums.Block); row++)
                {
                    Span<float> own = Row(row);
                    fixed (float* first = own)
                        rowSums[row] = Exponential.Exponentiate(first, count, scale, scale, SimdPaths.Best);
                    sums.Add(block, own);
                }
            }
        });
        sums.Sum(columnSums);
        double loss = 0;
        for (int row = 0; row < count; row++)
            loss += Math.Log(rowSums[row]) + Math.Log(columnSums[row]) - (2 * Math.Log(Row(row)[row]));
        float share = scale / (2 * count);
        float[] columnShares = Array.ConvertAll(columnSums, sum => share / sum);
        Parallelism.ForRanges(count, RowsPerThread, (from, to) =>
        {
            var factors = new float[count];
            for (int row = from; row < to; row++)
            {
                Span<float> own = Row(row);
                TensorPrimitives.Add(columnShares, share / rowSums[row], factors);
                TensorPrimitives.Multiply(own, factors, own);
                own[row] -= 2 * share;
            }
        });
        return loss / (2 * count);
    }
}
