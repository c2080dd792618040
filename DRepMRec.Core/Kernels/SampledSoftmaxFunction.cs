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
internal sealed class SampledSoftmaxFunction : autograd.SingleTensorFunction<SampledSoftmaxFunction>
{
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
        Tensor userWeights = zeros(users.shape[0]), rowSlopes = empty(userOfRow.Length);
        double loss = Differentiate(
            users, positives, exponentials, excluded, temperature, userOfRow, userWeights.FloatSpan(), rowSlopes.FloatSpan());
        ctx.save_for_backward([users, positives, negatives, exponentials, userWeights, rowSlopes]);
        ctx.save_data("userOfRow", userOfRow);
        return tensor((float)loss);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        var userOfRow = (int[])ctx.get_data("userOfRow");
        Tensor users = saved[0], positives = saved[1], negatives = saved[2], exponentials = saved[3];
        Tensor weights = (saved[4] * grad_output).unsqueeze(1), slopes = saved[5] * grad_output;
        Tensor toUsers = DenseProduct.Multiply(exponentials, negatives).mul_(weights), toPositives = empty_like(positives);
        Tensor toNegatives = DenseProduct.Multiply(exponentials, users * weights, transposeA: true);
        int width = (int)users.shape[1];
        Span<float> user = users.FloatSpan(), positive = positives.FloatSpan(), slope = slopes.FloatSpan();
        Span<float> toUser = toUsers.FloatSpan(), toPositive = toPositives.FloatSpan();
        for (int row = 0; row < userOfRow.Length; row++)
        {
            Span<float> own = toUser.Slice(userOfRow[row] * width, width);
            TensorPrimitives.MultiplyAdd(positive.Slice(row * width, width), slope[row], own, own);
            TensorPrimitives.Multiply(user.Slice(userOfRow[row] * width, width), slope[row], toPositive.Slice(row * width, width));
        }

        toUsers.MoveToOuterDisposeScope();
        toPositives.MoveToOuterDisposeScope();
        toNegatives.MoveToOuterDisposeScope();
        return [toUsers, toPositives, toNegatives, null!, null!, null!];
    }

    /// <summary>Turns logits into exponentials relative to each user's largest, and fills in the weights that the gradients need.</summary>
    private static double Differentiate(
        Tensor users, Tensor positives, Tensor logits, ExcludedPairs excluded, float temperature, int[] userOfRow,
        Span<float> userWeights, Span<float> rowSlopes)
    {
        int userCount = (int)logits.shape[0], negativeCount = (int)logits.shape[1], width = (int)users.shape[1];
        float scale = 1 / temperature, share = 1f / (userOfRow.Length * temperature);
        float[] largest = new float[userCount], sums = new float[userCount];
        Exponentiate(logits, excluded, scale, largest, sums);

        Span<float> user = users.FloatSpan(), positive = positives.FloatSpan();
        double loss = 0;
        for (int row = 0; row < userOfRow.Length; row++)
        {
            int own = userOfRow[row];
            float score = TensorPrimitives.Dot<float>(user.Slice(own * width, width), positive.Slice(row * width, width)) * scale;
            float offset = MathF.Max(score, largest[own]), others = MathF.Exp(largest[own] - offset), exp = MathF.Exp(score - offset);
            float sum = exp + (others * sums[own]);
            loss += MathF.Log(sum) + offset - score;
            userWeights[own] += others / sum * share;
            rowSlopes[row] = ((exp / sum) - 1) * share;
        }

        return loss / userOfRow.Length;
    }

    private static unsafe void Exponentiate(Tensor logits, ExcludedPairs excluded, float scale, float[] largest, float[] sums)
    {
        int negativeCount = (int)logits.shape[1];
        nint all = (nint)logits.Floats();
        Parallelism.ForRanges(largest.Length, minimumPerThread: 64, (from, to) =>
        {
            for (int user = from; user < to; user++)
            {
                var own = new Span<float>((float*)all + ((long)user * negativeCount), negativeCount);
                foreach (int negative in excluded[user])
                    own[negative] = float.NegativeInfinity;
                float most = Largest(own) * scale;

                // A user without any negative that counts has sum 0, whatever it is relative to.
                largest[user] = most;
                sums[user] = Exponentiate(own, scale, float.IsNegativeInfinity(most) ? 0 : most);
            }
        });
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
