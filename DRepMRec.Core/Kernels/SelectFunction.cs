using System.Numerics.Tensors;
using DRepMRec.Internals;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// Rows of a table on the CPU. On the way back each row of the table has one thread that adds up its gradients, in the order of the list.
/// </summary>
internal sealed unsafe class SelectFunction : OwnFunction<SelectFunction>
{
    private const int RowsPerThread = 512;

    public override string Name => nameof(SelectFunction);

    /// <param name="table">[N, D].</param>
    /// <param name="rows">n rows, in any order and any number of times.</param>
    /// <returns>[n, D].</returns>
    public static Tensor Apply(Tensor table, int[] rows) => apply(table, rows);

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the result over only after this method is back.
        using Tensor table = ((Tensor)vars[0]).contiguous();
        var rows = (int[])vars[1];
        int count = (int)table.shape[0], width = (int)table.shape[1];
        RowGroups.ThrowIfOutside(rows, count);
        ctx.save_data("rows", rows);
        ctx.save_data("count", count);
        Tensor y = FloatTensors.Empty(rows.Length, width);
        Gather(table.Floats(), rows, width, y.Floats());
        return y;
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var (rows, count) = ((int[])ctx.get_data("rows"), (int)ctx.get_data("count"));
        using Tensor slope = grad_output.contiguous();
        int width = (int)slope.shape[1];
        Tensor gradient = FloatTensors.Empty(count, width);
        nint from = (nint)slope.Floats(), to = (nint)gradient.Floats();
        var groups = new RowGroups(rows, count);
        Parallelism.ForRanges(count, RowsPerThread, (first, last) =>
        {
            for (int row = first; row < last; row++)
            {
                var own = new Span<float>((float*)to + ((long)row * width), width);
                ReadOnlySpan<int> places = groups[row];
                if (places.IsEmpty)
                    own.Clear();
                else
                    new ReadOnlySpan<float>((float*)from + ((long)places[0] * width), width).CopyTo(own);
                for (int n = 1; n < places.Length; n++)
                    TensorPrimitives.Add(own, new ReadOnlySpan<float>((float*)from + ((long)places[n] * width), width), own);
            }
        });
        return [gradient, null!];
    }

    /// <summary>Copies rows of a table, one behind the other.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">The rows; the table has them all.</param>
    /// <param name="width">The number of columns.</param>
    /// <param name="target">As many rows, overwritten.</param>
    public static void Gather(float* table, int[] rows, int width, float* target)
    {
        nint from = (nint)table, to = (nint)target;
        Parallelism.ForRanges(rows.Length, RowsPerThread, (first, last) =>
        {
            for (int n = first; n < last; n++)
            {
                new ReadOnlySpan<float>((float*)from + ((long)rows[n] * width), width)
                    .CopyTo(new Span<float>((float*)to + ((long)n * width), width));
            }
        });
    }
}
