using System.Numerics.Tensors;
using DRepMRec.Internals;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// What M tables share, weighted row by row by a softmax over scores, and what each has of its own as far as a gate lets it through: with
/// shared = Σ softmax(s)_m x_m, (shared + Σ (x_m - shared) ⊙ sigmoid(p_m)) / (M + 1). One pass each way on the CPU, by libtorch elsewhere.
/// </summary>
internal sealed unsafe class MixtureFunction : OwnFunction<MixtureFunction>
{
    private const int RowsPerThread = 128;

    public override string Name => nameof(MixtureFunction);

    /// <param name="tables">x: M tables, [N, D] each.</param>
    /// <param name="scores">s: [N, 1] for each of them.</param>
    /// <param name="gates">p: how far the gates are open, [N, D] for each of them.</param>
    /// <returns>[N, D].</returns>
    public static Tensor Apply(Tensor[] tables, Tensor[] scores, Tensor[] gates)
    {
        if (OwnKernels.Run(tables[0]))
            return apply([.. tables, .. scores, .. gates]);
        Tensor weights = cat(scores, 1).softmax(1), shared = tables[0] * weights.narrow(1, 0, 1);
        for (int m = 1; m < tables.Length; m++)
            shared = shared.Plus(tables[m] * weights.narrow(1, m, 1));
        Tensor sum = shared;
        for (int m = 0; m < tables.Length; m++)
            sum = sum.Plus(GateFunction.Apply(tables[m] - shared, gates[m]));
        return sum.Times(1.0 / (tables.Length + 1));
    }

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        int parts = vars.Length / 3;
        Tensor[] all = [.. vars.Select(v => ((Tensor)v).contiguous())];
        int count = (int)all[0].shape[0], width = (int)all[0].shape[1];
        Tensor y = FloatTensors.Empty(count, width), opened = FloatTensors.Empty(parts, count, width);
        Tensor weights = FloatTensors.Empty(count, parts);
        nint[] inputs = [.. all.Select(t => (nint)t.Floats())];
        nint py = (nint)y.Floats(), po = (nint)opened.Floats(), pw = (nint)weights.Floats();
        Parallelism.ForRanges(count, RowsPerThread, (from, to) =>
        {
            float[] shared = new float[width], own = new float[width];
            for (int row = from; row < to; row++)
            {
                var weight = new Span<float>((float*)pw + ((long)row * parts), parts);
                for (int m = 0; m < parts; m++)
                    weight[m] = ((float*)inputs[parts + m])[row];
                TensorPrimitives.Subtract(weight, TensorPrimitives.Max(weight), weight);
                TensorPrimitives.SoftMax<float>(weight, weight);
                Share(inputs, row, weight, shared);
                Span<float> target = Row(py, row, width);
                shared.CopyTo(target);
                for (int m = 0; m < parts; m++)
                {
                    Span<float> open = Row(po, ((long)m * count) + row, width);
                    TensorPrimitives.Sigmoid<float>(Row(inputs[(2 * parts) + m], row, width), open);
                    TensorPrimitives.Subtract(Row(inputs[m], row, width), shared, own);
                    TensorPrimitives.MultiplyAdd(own, open, target, target);
                }

                TensorPrimitives.Multiply(target, 1f / (parts + 1), target);
            }
        });
        ctx.save_for_backward([.. all[..parts], opened, weights]);
        return y;
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        int parts = saved.Count - 2, count = (int)saved[0].shape[0], width = (int)saved[0].shape[1];
        using Tensor slope = grad_output.contiguous();
        Tensor[] toTables = [.. saved.Take(parts).Select(x => empty_like(x))], toGates = [.. saved.Take(parts).Select(x => empty_like(x))];
        Tensor[] toScores = [.. saved.Take(parts).Select(_ => FloatTensors.Empty(count, 1))];
        nint[] inputs = Starts(saved.Take(parts)), tables = Starts(toTables), scores = Starts(toScores), gates = Starts(toGates);
        nint po = (nint)saved[parts].Floats(), pw = (nint)saved[parts + 1].Floats(), pg = (nint)slope.Floats();
        Parallelism.ForRanges(count, RowsPerThread, (from, to) =>
        {
            float[] shared = new float[width], toShared = new float[width], g = new float[width], toWeights = new float[parts];
            for (int row = from; row < to; row++)
            {
                ReadOnlySpan<float> weight = new((float*)pw + ((long)row * parts), parts);
                Share(inputs, row, weight, shared);
                TensorPrimitives.Multiply(Row(pg, row, width), 1f / (parts + 1), g);
                g.CopyTo(toShared, 0);
                for (int m = 0; m < parts; m++)
                {
                    // d = g σ goes to the table and, negative, to what is shared; the gate gets (x - shared) d (1 - σ).
                    ReadOnlySpan<float> open = Row(po, ((long)m * count) + row, width);
                    Span<float> own = Row(tables[m], row, width), gate = Row(gates[m], row, width);
                    TensorPrimitives.Multiply(g, open, own);
                    TensorPrimitives.Subtract(toShared, own, toShared);
                    TensorPrimitives.Subtract(Row(inputs[m], row, width), shared, gate);
                    TensorPrimitives.Multiply(gate, own, gate);
                    for (int d = 0; d < width; d++)
                        gate[d] -= gate[d] * open[d];
                }

                float mean = 0;
                for (int m = 0; m < parts; m++)
                {
                    toWeights[m] = TensorPrimitives.Dot<float>(toShared, Row(inputs[m], row, width));
                    mean += weight[m] * toWeights[m];
                    Span<float> own = Row(tables[m], row, width);
                    TensorPrimitives.MultiplyAdd(toShared, weight[m], own, own);
                }

                for (int m = 0; m < parts; m++)
                    ((float*)scores[m])[row] = weight[m] * (toWeights[m] - mean);
            }
        });
        return [.. toTables, .. toScores, .. toGates];
    }

    private static void Share(nint[] tables, int row, ReadOnlySpan<float> weights, float[] shared)
    {
        shared.AsSpan().Clear();
        for (int m = 0; m < weights.Length; m++)
            TensorPrimitives.MultiplyAdd(Row(tables[m], row, shared.Length), weights[m], shared, shared);
    }

    private static nint[] Starts(IEnumerable<Tensor> tensors) => [.. tensors.Select(t => (nint)t.Floats())];

    private static Span<float> Row(nint table, long row, int width) => new((float*)table + (row * width), width);
}
