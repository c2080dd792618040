using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DRepMRec.Losses;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// The sampled softmax over shared negatives on the CPU. Rows of the same user share its logits: they are computed, and turned into the
/// loss and its gradient, once per user. With E = exp((U N' - m) / t) per user and w_u = the sum over its rows of 1 / (B t (e_b + sum
/// E_u)), the gradients are (w ⊙ E) N for users and E' (w ⊙ U) for negatives.
/// </summary>
internal sealed unsafe class SampledSoftmaxFunction : autograd.SingleTensorFunction<SampledSoftmaxFunction>
{
    private const int UsersPerThread = 64;

    public override string Name => nameof(SampledSoftmaxFunction);

    /// <param name="users">[n, D].</param>
    /// <param name="positives">[B, D].</param>
    /// <param name="negatives">[S, D].</param>
    /// <param name="excluded">For each user, the negatives that don't count.</param>
    /// <param name="temperature">The temperature.</param>
    /// <param name="userOfRow">The user of each of the B rows; <see langword="null"/> where row b is of user b.</param>
    /// <returns>The mean loss, a scalar.</returns>
    public static Tensor Apply(
        Tensor users, Tensor positives, Tensor negatives, ExcludedPairs excluded, double temperature, int[]? userOfRow = null)
        => apply(users, positives, negatives, excluded, (float)temperature, userOfRow ?? [.. Enumerable.Range(0, (int)users.shape[0])]);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor users = ((Tensor)vars[0]).contiguous(), positives = ((Tensor)vars[1]).contiguous();
        Tensor negatives = ((Tensor)vars[2]).contiguous();
        var (excluded, temperature, userOfRow) = ((ExcludedPairs)vars[3], (float)vars[4], (int[])vars[5]);
        Tensor exponentials = DenseProduct.Multiply(users, negatives, transposeB: true);
        Tensor userWeights = empty(users.shape[0]), rowSlopes = empty(userOfRow.Length);
        var rows = new RowGroups(userOfRow, (int)users.shape[0]);
        double loss = Differentiate(users, positives, exponentials, excluded, temperature, rows, userWeights, rowSlopes);
        ctx.save_for_backward([users, positives, negatives, exponentials, userWeights, rowSlopes]);
        ctx.save_data("rows", rows);
        return tensor((float)loss);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        var rows = (RowGroups)ctx.get_data("rows");
        Tensor users = saved[0], positives = saved[1], negatives = saved[2], exponentials = saved[3];
        Tensor weights = saved[4] * grad_output, slopes = saved[5] * grad_output;
        Tensor toUsers = DenseProduct.Multiply(exponentials, negatives), toPositives = empty_like(positives), weighted = empty_like(users);
        int width = (int)users.shape[1];
        nint pu = (nint)users.Floats(), pp = (nint)positives.Floats(), pw = (nint)weights.Floats(), ps = (nint)slopes.Floats();
        nint tu = (nint)toUsers.Floats(), tp = (nint)toPositives.Floats(), to = (nint)weighted.Floats();
        Parallelism.ForRanges((int)users.shape[0], UsersPerThread, (first, last) =>
        {
            for (int user = first; user < last; user++)
            {
                ReadOnlySpan<float> row = new((float*)pu + ((long)user * width), width);
                var own = new Span<float>((float*)tu + ((long)user * width), width);
                float weight = ((float*)pw)[user];
                TensorPrimitives.Multiply(row, weight, new Span<float>((float*)to + ((long)user * width), width));
                TensorPrimitives.Multiply(own, weight, own);
                foreach (int pair in rows[user])
                {
                    float slope = ((float*)ps)[pair];
                    TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>((float*)pp + ((long)pair * width), width), slope, own, own);
                    TensorPrimitives.Multiply(row, slope, new Span<float>((float*)tp + ((long)pair * width), width));
                }
            }
        });
        Tensor toNegatives = DenseProduct.Multiply(exponentials, weighted, transposeA: true);
        toUsers.MoveToOuterDisposeScope();
        toPositives.MoveToOuterDisposeScope();
        toNegatives.MoveToOuterDisposeScope();
        return [toUsers, toPositives, toNegatives, null!, null!, null!];
    }

    /// <summary>
    /// Turns logits into exponentials relative to each user's largest, and fills in the weights that the gradients need. Each user's thread
    /// goes over the user's pairs, in their order.
    /// </summary>
    private static double Differentiate(
        Tensor users, Tensor positives, Tensor logits, ExcludedPairs excluded, float temperature, RowGroups rows, Tensor userWeights,
        Tensor rowSlopes)
    {
        int negativeCount = (int)logits.shape[1], width = (int)users.shape[1], count = (int)positives.shape[0];
        float scale = 1 / temperature, share = 1f / (count * temperature);
        nint pu = (nint)users.Floats(), pp = (nint)positives.Floats(), all = (nint)logits.Floats();
        nint weights = (nint)userWeights.Floats(), slopes = (nint)rowSlopes.Floats();
        var losses = new float[count];
        Parallelism.ForRanges((int)users.shape[0], UsersPerThread, (from, to) =>
        {
            for (int user = from; user < to; user++)
            {
                var own = new Span<float>((float*)all + ((long)user * negativeCount), negativeCount);
                foreach (int negative in excluded[user])
                    own[negative] = float.NegativeInfinity;

                // A user without any negative that counts has sum 0, whatever it is relative to.
                float largest = Largest(own) * scale, weight = 0;
                float negativeSum = Exponentiate(own, scale, float.IsNegativeInfinity(largest) ? 0 : largest);
                ReadOnlySpan<float> row = new((float*)pu + ((long)user * width), width);
                foreach (int pair in rows[user])
                {
                    float score = TensorPrimitives.Dot(row, new ReadOnlySpan<float>((float*)pp + ((long)pair * width), width)) * scale;
                    float offset = MathF.Max(score, largest), others = MathF.Exp(largest - offset), exp = MathF.Exp(score - offset);
                    float sum = exp + (others * negativeSum);
                    losses[pair] = MathF.Log(sum) + offset - score;
                    weight += others / sum * share;
                    ((float*)slopes)[pair] = ((exp / sum) - 1) * share;
                }

                ((float*)weights)[user] = weight;
            }
        });
        double loss = 0;
        foreach (float one in losses)
            loss += one;
        return loss / count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Largest(Span<float> values)
    {
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var maxima = new Vector<float>(float.NegativeInfinity);
        foreach (Vector<float> vector in vectors)
            maxima = Vector.Max(maxima, vector);
        float largest = float.NegativeInfinity;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
            largest = MathF.Max(largest, maxima[lane]);
        foreach (float value in values[(vectors.Length * Vector<float>.Count)..])
            largest = MathF.Max(largest, value);
        return largest;
    }

    /// <summary>Each value becomes exp(value * scale - offset); returns their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Exponentiate(Span<float> values, float scale, float offset)
    {
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sums = Vector<float>.Zero;
        var offsets = new Vector<float>(offset);
        foreach (ref Vector<float> vector in vectors)
        {
            vector = Vector.Exp((vector * scale) - offsets);
            sums += vector;
        }

        float sum = Vector.Sum(sums);
        foreach (ref float value in values[(vectors.Length * Vector<float>.Count)..])
            sum += value = MathF.Exp((value * scale) - offset);
        return sum;
    }
}
