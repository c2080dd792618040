using System.Numerics.Tensors;
using DRepMRec.Collectives;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// The sum of squares of a tensor's rows on the CPU, each as often as it counts: value and gradient in one pass. Blocks of columns are
/// summed apart and added up in order, so that processes that have some blocks each get the value that one process gets.
/// </summary>
internal sealed unsafe class SquaredLengthFunction : OwnFunction<SquaredLengthFunction>
{
    private const int RowsPerThread = 1024;

    public override string Name => nameof(SquaredLengthFunction);

    /// <param name="rows">[N, D].</param>
    /// <param name="counts">N numbers.</param>
    /// <param name="factor">The factor of the sum.</param>
    /// <param name="columns">Whose columns are where; <see langword="null"/> where the rows are whole.</param>
    /// <returns>factor * sum of counts[n] |rows[n]|², a scalar.</returns>
    public static Tensor Apply(Tensor rows, float[] counts, double factor, ColumnPartition? columns = null)
        => columns is null ? apply(rows, counts, factor) : apply(rows, counts, factor, columns);

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor rows = ((Tensor)vars[0]).contiguous(), slope = empty_like(rows);
        var counts = (float[])vars[1];
        double factor = (double)vars[2];
        int width = (int)rows.shape[1], blocks = (width + ColumnPartition.BlockSize - 1) / ColumnPartition.BlockSize;
        nint from = (nint)rows.Floats(), to = (nint)slope.Floats();
        var squares = new double[(long)blocks * counts.Length];
        Parallelism.ForRanges(counts.Length, RowsPerThread, (first, last) =>
        {
            for (int n = first; n < last; n++)
            {
                var row = new ReadOnlySpan<float>((float*)from + ((long)n * width), width);
                for (int block = 0; block < blocks; block++)
                {
                    int start = block * ColumnPartition.BlockSize, length = Math.Min(ColumnPartition.BlockSize, width - start);
                    double square = TensorPrimitives.SumOfSquares(row.Slice(start, length));
                    squares[((long)block * counts.Length) + n] = counts[n] * square;
                }

                TensorPrimitives.Multiply(row, (float)(2 * factor * counts[n]), new Span<float>((float*)to + ((long)n * width), width));
            }
        });
        var sums = new double[blocks];
        for (int block = 0; block < blocks; block++)
        {
            foreach (double one in squares.AsSpan(block * counts.Length, counts.Length))
                sums[block] += one;
        }

        ctx.save_for_backward([slope]);
        ctx.save_data("gathers", vars.Length > 3);
        double sum = (vars.Length > 3 ? Gather(sums, (ColumnPartition)vars[3]) : sums).Sum();
        return tensor((float)(sum * factor));
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        Tensor slope = Passes.Scaled(ctx.get_saved_variables()[0], grad_output);
        return (bool)ctx.get_data("gathers") ? [slope, null!, null!, null!] : [slope, null!, null!];
    }

    private static double[] Gather(double[] own, ColumnPartition columns)
    {
        var all = new double[columns.BlockCount];
        int Blocks(int rank) => columns.FirstBlock(rank + 1) - columns.FirstBlock(rank);
        int[] counts = [.. Enumerable.Range(0, columns.Collective.Size).Select(Blocks)];
        columns.Collective.AllGather<double>(own, all, counts);
        return all;
    }
}
