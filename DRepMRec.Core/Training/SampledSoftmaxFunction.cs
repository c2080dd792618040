using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>
/// The sampled softmax over shared negatives on the CPU: the logits are turned into the loss and into its gradient in one pass over each row, so that nothing of size [B, S] is kept
/// for the way back but the probabilities.
/// </summary>
internal sealed class SampledSoftmaxFunction : autograd.SingleTensorFunction<SampledSoftmaxFunction>
{
    public override string Name => nameof(SampledSoftmaxFunction);

    /// <param name="users">[B, D].</param>
    /// <param name="positives">[B, D].</param>
    /// <param name="negatives">[S, D].</param>
    /// <param name="excluded">(row, negative) pairs that don't count.</param>
    /// <param name="temperature">The temperature.</param>
    /// <returns>The mean loss, a scalar.</returns>
    public static Tensor Apply(Tensor users, Tensor positives, Tensor negatives, IReadOnlyList<(int Row, int Negative)> excluded, double temperature)
        => apply(users, positives, negatives, excluded, (float)temperature);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor users = ((Tensor)vars[0]).contiguous(), positives = ((Tensor)vars[1]).contiguous(), negatives = ((Tensor)vars[2]).contiguous();
        Tensor logits = matmul(users, negatives.t());
        Tensor positive = (users * positives).sum(1);
        int negativeCount = (int)negatives.shape[0];
        foreach (var (row, negative) in (IReadOnlyList<(int, int)>)vars[3])
            Values(logits)[(row * negativeCount) + negative] = float.NegativeInfinity;

        // From here on the two hold the gradient of the mean loss with respect to the logits.
        double loss = Differentiate(logits, positive, negativeCount, (float)vars[4]);
        ctx.save_for_backward([users, positives, negatives, logits, positive]);
        return tensor((float)loss);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor users = saved[0], positives = saved[1], negatives = saved[2], slope = saved[3] * grad_output, positiveSlope = (saved[4] * grad_output).unsqueeze(1);
        Tensor toUsers = matmul(slope, negatives).Plus(positiveSlope * positives);
        return [toUsers.MoveToOuterDisposeScope(), (positiveSlope * users).MoveToOuterDisposeScope(), matmul(slope.t(), users).MoveToOuterDisposeScope(), null!, null!];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Differentiate(Tensor logits, Tensor positive, int negativeCount, float temperature)
    {
        Span<float> all = Values(logits), positives = Values(positive);
        float scale = 1 / temperature, share = 1f / (positives.Length * temperature);
        double loss = 0;
        for (int row = 0; row < positives.Length; row++)
        {
            Span<float> own = all.Slice(row * negativeCount, negativeCount);
            float largest = MathF.Max(positives[row], Largest(own)) * scale;
            float ownExp = MathF.Exp((positives[row] * scale) - largest);
            float sum = Exponentiate(own, scale, largest) + ownExp;
            loss += MathF.Log(sum) + largest - (positives[row] * scale);
            Multiply(own, share / sum);
            positives[row] = ((ownExp / sum) - 1) * share;
        }

        return loss / positives.Length;
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(Span<float> values, float factor)
    {
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (ref Vector<float> vector in vectors)
            vector *= factor;
        foreach (ref float value in values[(vectors.Length * Vector<float>.Count)..])
            value *= factor;
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
