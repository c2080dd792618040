using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>Rows of a table as they are, or zeros in their place, on the CPU.</summary>
internal sealed unsafe class MaskFunction : OwnFunction<MaskFunction>
{
    private const int RowsPerThread = 512;

    public override string Name => nameof(MaskFunction);

    /// <param name="table">[N, D].</param>
    /// <param name="kept">For each row, 0 for zeros in its place, any other number to keep it.</param>
    /// <returns>[N, D].</returns>
    public static Tensor Apply(Tensor table, float[] kept) => apply(table, kept);

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        ctx.save_data("kept", vars[1]);
        return Mask((Tensor)vars[0], (float[])vars[1]);
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
        => [Mask(grad_output, (float[])ctx.get_data("kept")), null!];

    private static Tensor Mask(Tensor table, float[] kept)
    {
        using Tensor rows = table.contiguous();
        Tensor masked = empty_like(rows);
        int width = (int)rows.shape[1];
        nint from = (nint)rows.Floats(), to = (nint)masked.Floats();
        Parallelism.ForRanges(kept.Length, RowsPerThread, (first, last) =>
        {
            for (int n = first; n < last; n++)
            {
                var own = new Span<float>((float*)to + ((long)n * width), width);
                if (kept[n] == 0)
                    own.Clear();
                else
                    new ReadOnlySpan<float>((float*)from + ((long)n * width), width).CopyTo(own);
            }
        });
        return masked;
    }
}
