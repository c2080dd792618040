using System.Numerics.Tensors;
using DRepMRec.Internals;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>q · tanh(z) row by row: one pass each way on the CPU, by libtorch elsewhere.</summary>
internal sealed unsafe class AttentionFunction : OwnFunction<AttentionFunction>
{
    public override string Name => nameof(AttentionFunction);

    /// <param name="z">[N, D].</param>
    /// <param name="query">q, [1, D].</param>
    /// <returns>[N, 1].</returns>
    public static Tensor Apply(Tensor z, Tensor query)
        => OwnKernels.Run(z, query) ? apply(z, query) : nn.functional.linear(z.tanh(), query);

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        using Tensor z = ((Tensor)vars[0]).contiguous();
        Tensor query = ((Tensor)vars[1]).contiguous(), tangents = empty_like(z);
        int count = (int)z.shape[0], width = (int)z.shape[1];
        Tensor y = FloatTensors.Empty(count, 1);
        nint pz = (nint)z.Floats(), pq = (nint)query.Floats(), pt = (nint)tangents.Floats(), py = (nint)y.Floats();
        ForBlocks(count, (_, row) =>
        {
            var own = new Span<float>((float*)pt + ((long)row * width), width);
            TensorPrimitives.Tanh(new ReadOnlySpan<float>((float*)pz + ((long)row * width), width), own);
            ((float*)py)[row] = TensorPrimitives.Dot<float>(own, new ReadOnlySpan<float>((float*)pq, width));
        });
        ctx.save_for_backward([tangents, query]);
        return y;
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        using Tensor slope = grad_output.contiguous();
        int count = (int)saved[0].shape[0], width = (int)saved[0].shape[1];
        Tensor toZ = empty_like(saved[0]), toQuery = FloatTensors.Empty(1, width), weighted = empty_like(saved[0]);
        nint pt = (nint)saved[0].Floats(), pq = (nint)saved[1].Floats(), pg = (nint)slope.Floats();
        nint tz = (nint)toZ.Floats(), pw = (nint)weighted.Floats();
        var sums = new ColumnSums(count, width);
        ForBlocks(count, (block, row) =>
        {
            // g t is what the query gets, and g q (1 - t²) = g q - (g t) t q what z gets.
            ReadOnlySpan<float> t = new((float*)pt + ((long)row * width), width), q = new((float*)pq, width);
            Span<float> own = new((float*)tz + ((long)row * width), width), more = new((float*)pw + ((long)row * width), width);
            float g = ((float*)pg)[row];
            TensorPrimitives.Multiply(t, g, more);
            sums.Add(block, more);
            TensorPrimitives.Multiply(more, t, own);
            TensorPrimitives.Subtract(g, own, own);
            TensorPrimitives.Multiply(own, q, own);
        });
        sums.Sum(toQuery.FloatSpan());
        weighted.Dispose();
        return [toZ, toQuery];
    }

    private static void ForBlocks(int count, Action<int, int> body)
    {
        Parallelism.ForRanges(ColumnSums.Blocks(count), minimumPerThread: 2, (from, to) =>
        {
            for (int block = from; block < to; block++)
            {
                for (int row = block * ColumnSums.Block; row < Math.Min(count, (block + 1) * ColumnSums.Block); row++)
                    body(block, row);
            }
        });
    }
}
