using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using DRepMRec.Internals;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// Rows of length 1: y = x / |x|, and back (g - y (y · g)) / |x|; or by <see cref="MinLength"/> without gradient. Of all rows of
/// a table, or of the rows of a list.
/// </summary>
internal sealed unsafe class NormalizeFunction : OwnFunction<NormalizeFunction>
{
    public const float MinLength = 1e-12f;
    private const int RowsPerThread = 256;

    public override string Name => nameof(NormalizeFunction);

    /// <param name="x">[N, D].</param>
    /// <param name="rows">n rows, in any order and any number of times; <see langword="null"/> for all.</param>
    /// <returns>[n, D], or [N, D].</returns>
    public static Tensor Apply(Tensor x, int[]? rows = null) => rows is null ? apply(x) : apply(x, rows);

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        using Tensor x = ((Tensor)vars[0]).contiguous();
        int[]? rows = vars.Length > 1 ? (int[])vars[1] : null;
        int count = (int)x.shape[0], length = rows?.Length ?? count, width = (int)x.shape[1];
        if (rows is not null)
        {
            RowGroups.ThrowIfOutside(rows, count);
            ctx.save_data("rows", rows);
            ctx.save_data("count", count);
        }

        Tensor y = FloatTensors.Empty(length, width), scales = FloatTensors.Empty(length);
        nint px = (nint)x.Floats(), py = (nint)y.Floats(), ps = (nint)scales.Floats();
        Parallelism.ForRanges(length, RowsPerThread, (from, to) =>
        {
            for (int row = from; row < to; row++)
            {
                var own = new ReadOnlySpan<float>((float*)px + ((long)(rows is null ? row : rows[row]) * width), width);
                ((float*)ps)[row] = Normalize(own, new Span<float>((float*)py + ((long)row * width), width));
            }
        });
        ctx.save_for_backward([y, scales]);
        ctx.save_data("selects", rows is not null);
        return y;
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        using Tensor slope = grad_output.contiguous();
        int width = (int)slope.shape[1];
        nint py = (nint)saved[0].Floats(), ps = (nint)saved[1].Floats(), pg = (nint)slope.Floats();
        void Differentiate(int row, Span<float> target)
        {
            long start = (long)row * width;
            ReadOnlySpan<float> y = new((float*)py + start, width), g = new((float*)pg + start, width);
            NormalizeFunction.Differentiate(y, g, ((float*)ps)[row], target);
        }

        return (bool)ctx.get_data("selects")
            ? [ToTable((int[])ctx.get_data("rows"), (int)ctx.get_data("count"), width, Differentiate), null!]
            : [ToRows((int)slope.shape[0], width, Differentiate)];
    }

    /// <summary>y = x / |x|.</summary>
    /// <returns>1 / |x|, or 0 for a row that takes no gradient.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Normalize(ReadOnlySpan<float> x, Span<float> y)
    {
        float length = MathF.Sqrt(TensorPrimitives.SumOfSquares(x));
        TensorPrimitives.Multiply(x, 1 / MathF.Max(length, MinLength), y);
        return length < MinLength ? 0 : 1 / length;
    }

    /// <summary>The gradient by x, from y, the gradient by y, and what <see cref="Normalize"/> returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Differentiate(ReadOnlySpan<float> y, ReadOnlySpan<float> slope, float scale, Span<float> target)
    {
        TensorPrimitives.MultiplyAdd(y, -TensorPrimitives.Dot(y, slope), slope, target);
        TensorPrimitives.Multiply(target, scale, target);
    }

    private static Tensor ToRows(int count, int width, Action<int, Span<float>> differentiate)
    {
        Tensor gradient = FloatTensors.Empty(count, width);
        nint target = (nint)gradient.Floats();
        Parallelism.ForRanges(count, RowsPerThread, (from, to) =>
        {
            for (int row = from; row < to; row++)
                differentiate(row, new Span<float>((float*)target + ((long)row * width), width));
        });
        return gradient;
    }

    /// <summary>Each row of the table has one thread that adds up its gradients, in the order of the list.</summary>
    private static Tensor ToTable(int[] rows, int count, int width, Action<int, Span<float>> differentiate)
    {
        Tensor gradient = FloatTensors.Empty(count, width);
        nint target = (nint)gradient.Floats();
        var groups = new RowGroups(rows, count);
        Parallelism.ForRanges(count, RowsPerThread, (from, to) =>
        {
            float[] more = [];
            for (int row = from; row < to; row++)
            {
                var own = new Span<float>((float*)target + ((long)row * width), width);
                ReadOnlySpan<int> places = groups[row];
                if (places.IsEmpty)
                    own.Clear();
                else
                    differentiate(places[0], own);
                for (int n = 1; n < places.Length; n++)
                {
                    if (more.Length == 0)
                        more = new float[width];
                    differentiate(places[n], more);
                    TensorPrimitives.Add(own, more, own);
                }
            }
        });
        return gradient;
    }
}
