using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>The mean of -log sigmoid((u·p - u·n) / t) over pairs on the CPU: loss and gradients in one pass.</summary>
internal sealed unsafe class BprFunction : autograd.SingleTensorFunction<BprFunction>
{
    public override string Name => nameof(BprFunction);

    /// <param name="users">[U, D].</param>
    /// <param name="items">[I, D]; a table that takes no gradient costs nothing but the rows that the pairs read.</param>
    /// <param name="pairs">The pairs, as rows of the two.</param>
    /// <param name="temperature">t.</param>
    /// <returns>The mean loss, a scalar.</returns>
    public static Tensor Apply(Tensor users, Tensor items, PairIndices pairs, double temperature = 1)
        => apply(users, items, pairs, (float)(1 / temperature));

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        Tensor users = ((Tensor)vars[0]).contiguous(), items = ((Tensor)vars[1]).contiguous();
        Tensor toUsers = zeros_like(users);
        Tensor? toItems = items.requires_grad ? zeros_like(items) : null;
        double loss = Differentiate(users, items, toUsers, toItems, (PairIndices)vars[2], (float)vars[3]);
        ctx.save_for_backward(toItems is null ? [toUsers] : [toUsers, toItems]);
        return tensor((float)loss);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        return [saved[0] * grad_output, saved.Count > 1 ? saved[1] * grad_output : null!, null!, null!];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Differentiate(Tensor users, Tensor items, Tensor toUsers, Tensor? toItems, PairIndices pairs, float scale)
    {
        int width = (int)users.shape[1], perPair = pairs.PerInteraction;
        float* u = users.Floats(), i = items.Floats(), du = toUsers.Floats(), di = toItems is null ? null : toItems.Floats();
        ReadOnlySpan<int> userOf = pairs.Users, positiveOf = pairs.Positives, negativeOf = pairs.Negatives;
        float share = 1f / (userOf.Length * perPair);
        double loss = 0;
        for (int b = 0; b < userOf.Length; b++)
        {
            float* user = u + ((long)userOf[b] * width), positive = i + ((long)positiveOf[b] * width);
            float* toUser = du + ((long)userOf[b] * width), toPositive = di == null ? null : di + ((long)positiveOf[b] * width);
            for (int k = 0; k < perPair; k++)
            {
                int item = negativeOf[pairs.Shared ? k : (b * perPair) + k];
                float* negative = i + ((long)item * width);
                float margin = DotDifference(user, positive, negative, width) * scale, exp = MathF.Exp(-MathF.Abs(margin));
                loss += Math.Max(-margin, 0) + Math.Log(1 + (double)exp);
                float slope = -(margin > 0 ? exp : 1) / (1 + exp) * share * scale;
                AddDifference(positive, negative, slope, toUser, width);
                if (di != null)
                    AddUser(user, slope, toPositive, di + ((long)item * width), width);
            }
        }

        return loss * share;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float DotDifference(float* user, float* positive, float* negative, int width)
    {
        int d = 0;
        var sums = Vector<float>.Zero;
        for (; d <= width - Vector<float>.Count; d += Vector<float>.Count)
            sums += Vector.Load(user + d) * (Vector.Load(positive + d) - Vector.Load(negative + d));
        float sum = Vector.Sum(sums);
        for (; d < width; d++)
            sum += user[d] * (positive[d] - negative[d]);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddDifference(float* positive, float* negative, float slope, float* toUser, int width)
    {
        int d = 0;
        var slopes = new Vector<float>(slope);
        for (; d <= width - Vector<float>.Count; d += Vector<float>.Count)
            (Vector.Load(toUser + d) + ((Vector.Load(positive + d) - Vector.Load(negative + d)) * slopes)).Store(toUser + d);
        for (; d < width; d++)
            toUser[d] += (positive[d] - negative[d]) * slope;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddUser(float* user, float slope, float* toPositive, float* toNegative, int width)
    {
        int d = 0;
        var slopes = new Vector<float>(slope);
        for (; d <= width - Vector<float>.Count; d += Vector<float>.Count)
        {
            Vector<float> own = Vector.Load(user + d) * slopes;
            (Vector.Load(toPositive + d) + own).Store(toPositive + d);
            (Vector.Load(toNegative + d) - own).Store(toNegative + d);
        }

        for (; d < width; d++)
        {
            toPositive[d] += user[d] * slope;
            toNegative[d] -= user[d] * slope;
        }
    }
}
