using System.Numerics.Tensors;
using DRepMRec.Internals;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// The filter gate of constant features on the CPU, in one pass each way: P = X W1' + b1, Z = P W2' + b2, and P ⊙ sigmoid(Z). A tile of
/// rows stays in the cache from its features to its result, and on the way back from its slope to its share in the weights' gradients.
/// </summary>
/// <remarks>Weights' gradients are summed by chunks of rows whose size depends on the number of rows alone, then chunk by chunk.</remarks>
internal sealed unsafe class FilterGateFunction : OwnFunction<FilterGateFunction>
{
    private const int Tile = 64;
    private const int LeastChunk = 256;
    private const int MaxChunks = 32;

    [ThreadStatic]
    private static NativeBuffer? _projection;

    [ThreadStatic]
    private static NativeBuffer? _gate;

    [ThreadStatic]
    private static NativeBuffer? _scratch;

    public override string Name => nameof(FilterGateFunction);

    /// <summary>The filter gate of all rows or of some; by several passes where there is no kernel for the width.</summary>
    /// <param name="features">X, [N, d], without a gradient.</param>
    /// <param name="rows">n rows of it; <see langword="null"/> for all.</param>
    /// <param name="projection">W1, [D, d].</param>
    /// <param name="projectionBias">b1, [D].</param>
    /// <param name="gate">W2, [D, D].</param>
    /// <param name="gateBias">b2, [D].</param>
    /// <returns>[n, D].</returns>
    public static Tensor Apply(
        Tensor features, int[]? rows, Tensor projection, Tensor projectionBias, Tensor gate, Tensor gateBias)
    {
        TableShape.ThrowIfOtherWidth(features, projection, nameof(features));
        bool fits = gate.shape[0] % DenseProduct.Lanes == 0 && features.is_contiguous() && !features.requires_grad;
        if (fits && OwnKernels.Run(features, projection, projectionBias, gate, gateBias))
            return apply(projection, projectionBias, gate, gateBias, new Source(features, rows));
        Tensor projected = LinearFunction.Apply(rows is null ? features : features.SelectRows(rows), projection, projectionBias);
        return GateFunction.Apply(projected, LinearFunction.Apply(projected, gate, gateBias));
    }

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        var source = (Source)vars[^1];
        using Tensor weight = ((Tensor)vars[0]).contiguous(), bias = ((Tensor)vars[1]).contiguous();
        Tensor gateWeight = ((Tensor)vars[2]).contiguous();
        using Tensor gateBias = ((Tensor)vars[3]).contiguous();
        int count = source.Count, depth = source.Depth, width = (int)weight.shape[0];
        Tensor projected = FloatTensors.Empty(count, width), open = FloatTensors.Empty(count, width), y = FloatTensors.Empty(count, width);
        DenseProduct.Panels first = DenseProduct.PanelsOf(weight, transpose: true, _projection ??= new NativeBuffer());
        DenseProduct.Panels second = DenseProduct.PanelsOf(gateWeight, transpose: true, _gate ??= new NativeBuffer());
        nint pp = (nint)projected.Floats(), po = (nint)open.Floats(), py = (nint)y.Floats();
        nint b1 = (nint)bias.Floats(), b2 = (nint)gateBias.Floats();
        Parallelism.ForRanges((count + Tile - 1) / Tile, minimumPerThread: 4, (from, to) =>
        {
            for (int row = from * Tile; row < Math.Min(count, to * Tile); row += Tile)
            {
                int rows = Math.Min(Tile, count - row);
                long start = (long)row * width;
                float* p = (float*)pp + start, g = (float*)po + start;
                Repeat((float*)b1, rows, width, p);
                DenseProduct.Serial(source.Rows(row, rows), rows, depth, first, width, p, width, SimdPaths.Best, more: true);
                Repeat((float*)b2, rows, width, g);
                DenseProduct.Serial(DenseProduct.Operand.Of(p, width), rows, width, second, width, g, width, SimdPaths.Best, more: true);
                GateKernel.Open(p, g, g, (float*)py + start, rows * width, SimdPaths.Best);
            }
        });
        ctx.save_for_backward([projected, open, gateWeight, source.Features]); // Whoever has the features may dispose them before.
        ctx.save_data("source", source);
        return y;
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        Source source = (Source)ctx.get_data("source") with { Features = saved[3] };
        using Tensor slope = grad_output.contiguous();
        int count = source.Count, depth = source.Depth, width = (int)slope.shape[1];
        int tiles = (count + (MaxChunks * Tile) - 1) / (MaxChunks * Tile), chunk = Math.Max(LeastChunk, tiles * Tile);
        int chunks = (count + chunk - 1) / chunk;
        var sums = new Sums(depth, width);
        using Tensor partial = FloatTensors.Empty(chunks, sums.Length);
        nint pp = (nint)saved[0].Floats(), po = (nint)saved[1].Floats(), pw = (nint)saved[2].Floats();
        nint ps = (nint)slope.Floats(), all = (nint)partial.Floats();
        Parallelism.ForRanges(chunks, minimumPerThread: 1, (from, to) =>
        {
            float* toProjected = (_scratch ??= new NativeBuffer()).EnsureCapacity(2L * Tile * width);
            float* toGate = toProjected + (Tile * width);
            for (int n = from; n < to; n++)
            {
                float* own = (float*)all + (n * sums.Length);
                new Span<float>(own, checked((int)sums.Length)).Clear();
                for (int row = n * chunk; row < Math.Min(count, (n + 1) * chunk); row += Tile)
                {
                    int rows = Math.Min(Tile, count - row);
                    long start = (long)row * width;
                    float* p = (float*)pp + start;
                    GateKernel.Differentiate(
                        (float*)ps + start, p, (float*)po + start, toProjected, toGate, rows * width, SimdPaths.Best);
                    var left = DenseProduct.Operand.Of(toGate, width);
                    var right = DenseProduct.Panels.Rows((float*)pw, width);
                    DenseProduct.Serial(left, rows, width, right, width, toProjected, width, SimdPaths.Best, more: true);
                    sums.Add(own, source.Rows(row, rows), p, toProjected, toGate, rows);
                }
            }
        });
        return [.. sums.Total(partial), null!];
    }

    private static void Repeat(float* row, int rows, int width, float* target)
    {
        for (int n = 0; n < rows; n++)
            new ReadOnlySpan<float>(row, width).CopyTo(new Span<float>(target + (n * width), width));
    }

    /// <summary>The features, all or picked rows of them.</summary>
    private sealed record Source(Tensor Features, int[]? Picked)
    {
        [ThreadStatic]
        private static NativeBuffer? _rows;

        public int Count => Picked?.Length ?? (int)Features.shape[0];

        public int Depth { get; } = (int)Features.shape[1];

        private readonly nint _features = (nint)Features.Floats();

        /// <summary>Some rows; picked ones are brought together, which holds until the next call on this thread.</summary>
        public DenseProduct.Operand Rows(int first, int count)
        {
            if (Picked is null)
                return DenseProduct.Operand.Of((float*)_features + ((long)first * Depth), Depth);
            float* rows = (_rows ??= new NativeBuffer()).EnsureCapacity((long)count * Depth);
            for (int n = 0; n < count; n++)
            {
                new ReadOnlySpan<float>((float*)_features + ((long)Picked[first + n] * Depth), Depth)
                    .CopyTo(new Span<float>(rows + ((long)n * Depth), Depth));
            }

            return DenseProduct.Operand.Of(rows, Depth);
        }
    }

    /// <summary>The gradients of the weights from a chunk of rows, one behind the other: W1' [d, D], W2 [D, D], b1 [D], b2 [D].</summary>
    private sealed record Sums(int Depth, int Width)
    {
        public long Length => ((long)Depth + Width + 2) * Width;

        public void Add(float* sums, DenseProduct.Operand x, float* projected, float* toProjected, float* toGate, int rows)
        {
            var columns = DenseProduct.Panels.Rows(toProjected, Width);
            DenseProduct.Serial(x.Transposed, Depth, rows, columns, Width, sums, Width, SimdPaths.Best, more: true);
            float* gate = sums + ((long)Depth * Width), biases = gate + ((long)Width * Width);
            DenseProduct.Operand slopes = DenseProduct.Operand.Of(toGate, Width).Transposed;
            var inputs = DenseProduct.Panels.Rows(projected, Width);
            DenseProduct.Serial(slopes, Width, rows, inputs, Width, gate, Width, SimdPaths.Best, more: true);
            Span<float> toBias = new(biases, Width), toGateBias = new(biases + Width, Width);
            for (int n = 0; n < rows; n++)
            {
                TensorPrimitives.Add(toBias, new ReadOnlySpan<float>(toProjected + (n * Width), Width), toBias);
                TensorPrimitives.Add(toGateBias, new ReadOnlySpan<float>(toGate + (n * Width), Width), toGateBias);
            }
        }

        /// <summary>The sums of all chunks, in their order, as gradients of W1, b1, W2 and b2.</summary>
        public Tensor[] Total(Tensor partial)
        {
            int chunks = (int)partial.shape[0];
            Tensor total = FloatTensors.Empty(Depth + Width + 2, Width);
            nint from = (nint)partial.Floats(), to = (nint)total.Floats();
            Parallelism.ForRanges(Depth + Width + 2, minimumPerThread: 64, (first, last) =>
            {
                long start = (long)first * Width;
                int length = (last - first) * Width;
                Span<float> own = new((float*)to + start, length);
                if (chunks == 0)
                {
                    own.Clear();
                    return;
                }

                new ReadOnlySpan<float>((float*)from + start, length).CopyTo(own);
                for (int n = 1; n < chunks; n++)
                    TensorPrimitives.Add(own, new ReadOnlySpan<float>((float*)from + (n * Length) + start, length), own);
            });
            using (total)
            {
                Tensor Part(int first, int count) => total.narrow(0, first, count).clone();
                Tensor biases = Part(Depth + Width, 2);
                using Tensor projection = total.narrow(0, 0, Depth).t();
                return [projection.contiguous(), biases.select(0, 0), Part(Depth, Width), biases.select(0, 1)];
            }
        }
    }
}
