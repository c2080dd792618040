using System.Numerics.Tensors;
using DRepMRec.Collectives;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// The sum of squares of a tensor's rows on the CPU, each as often as it counts: value and gradient in one pass. Blocks of columns are
/// summed apart and added up in order, part after part where rows are of several, so that processes that have some blocks each get the
/// value that one process gets.
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
        using Tensor rows = ((Tensor)vars[0]).contiguous();
        Tensor slope = empty_like(rows);
        var counts = (float[])vars[1];
        double factor = (double)vars[2];
        var columns = vars.Length > 3 ? (ColumnPartition)vars[3] : null;
        int width = (int)rows.shape[1], parts = columns?.PartsOf(width) ?? 1, part = width / parts;
        int ofPart = (part + ColumnPartition.BlockSize - 1) / ColumnPartition.BlockSize, blocks = parts * ofPart;
        nint from = (nint)rows.Floats(), to = (nint)slope.Floats();
        var squares = new double[(long)blocks * counts.Length];
        Parallelism.ForRanges(counts.Length, RowsPerThread, (first, last) =>
        {
            for (int n = first; n < last; n++)
            {
                var row = new ReadOnlySpan<float>((float*)from + ((long)n * width), width);
                for (int block = 0; block < blocks; block++)
                {
                    int start = block % ofPart * ColumnPartition.BlockSize, length = Math.Min(ColumnPartition.BlockSize, part - start);
                    double square = TensorPrimitives.SumOfSquares(row.Slice((block / ofPart * part) + start, length));
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
        ctx.save_data("gathers", columns is not null);
        double sum = (columns is null ? sums : Gather(sums, parts, columns)).Sum();
        return tensor((float)(sum * factor), device: CPU);
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        Tensor slope = Passes.Scaled(ctx.get_saved_variables()[0], grad_output);
        return (bool)ctx.get_data("gathers") ? [slope, null!, null!, null!] : [slope, null!, null!];
    }

    private static double[] Gather(double[] own, int parts, ColumnPartition columns)
    {
        double[] all = new double[parts * columns.BlockCount], ordered = new double[all.Length];
        int Blocks(int rank) => columns.FirstBlock(rank + 1) - columns.FirstBlock(rank);
        int size = columns.Collective.Size;
        columns.Collective.AllGather<double>(own, all, [.. Enumerable.Range(0, size).Select(rank => parts * Blocks(rank))]);
        for (int rank = 0; rank < size; rank++)
        {
            for (int part = 0; part < parts; part++)
            {
                all.AsSpan((parts * columns.FirstBlock(rank)) + (part * Blocks(rank)), Blocks(rank))
                    .CopyTo(ordered.AsSpan((part * columns.BlockCount) + columns.FirstBlock(rank)));
            }
        }

        return ordered;
    }
}
