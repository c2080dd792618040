using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace DRepMRec.Kernels;

/// <summary>The mean of -log sigmoid((u·p - u·n) / t) over pairs on the CPU. One thread adds up each row of a gradient, in order.</summary>
internal sealed unsafe partial class BprFunction : OwnFunction<BprFunction>
{
    private const int RowsPerThread = 256;

    public override string Name => nameof(BprFunction);

    /// <param name="users">[U, D].</param>
    /// <param name="items">[I, D]; a table that takes no gradient costs nothing but the rows that the pairs read.</param>
    /// <param name="pairs">The pairs, as rows of the two.</param>
    /// <param name="temperature">t.</param>
    /// <returns>The mean loss, a scalar.</returns>
    public static Tensor Apply(Tensor users, Tensor items, PairIndices pairs, double temperature = 1)
        => apply(users, items, pairs, (float)(1 / temperature));

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        using Tensor users = ((Tensor)vars[0]).contiguous(), items = ((Tensor)vars[1]).contiguous();
        Tensor toUsers = empty_like(users);
        Tensor? toItems = ((Tensor)vars[1]).requires_grad ? empty_like(items) : null; // A contiguous copy takes none.
        var (pairs, scale) = ((PairIndices)vars[2], (float)vars[3]);
        double loss = pairs.Shared
            ? new SharedStep(users, items, pairs, scale).Differentiate(toUsers, toItems)
            : Differentiate(users, items, toUsers, toItems, pairs, scale);
        ctx.save_for_backward(toItems is null ? [toUsers] : [toUsers, toItems]);
        return tensor((float)loss, device: CPU);
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        return [Passes.Scaled(saved[0], grad_output), saved.Count > 1 ? Passes.Scaled(saved[1], grad_output) : null!, null!, null!];
    }

    /// <summary>
    /// Each user's thread goes over the user's pairs, in their order: losses, slopes, and the user's gradient. Then each item's thread adds
    /// up the item's gradient from the slopes, in the order of the pairs too.
    /// </summary>
    private static double Differentiate(Tensor users, Tensor items, Tensor toUsers, Tensor? toItems, PairIndices pairs, float scale)
    {
        int width = (int)users.shape[1], itemCount = (int)items.shape[0], count = pairs.Users.Length * pairs.PerInteraction;
        RowGroups.ThrowIfOutside(pairs.Positives, itemCount);
        RowGroups.ThrowIfOutside(pairs.Negatives, itemCount);
        float share = 1f / count;
        var losses = new double[count];
        var slopes = new float[count];
        var tables = new Tables((nint)users.Floats(), (nint)items.Floats(), (nint)toUsers.Floats(), width);
        var groups = new RowGroups(pairs.Users, (int)users.shape[0]);
        Parallelism.ForRanges(
            (int)users.shape[0], RowsPerThread, (from, to) => ToUsers(tables, from, to, groups, pairs, scale, losses, slopes));
        if (toItems is not null)
        {
            RowGroups positives = new(pairs.Positives, itemCount), negatives = new(pairs.Negatives, itemCount);
            tables = tables with { Target = (nint)toItems.Floats() };
            Parallelism.ForRanges(itemCount, RowsPerThread, (from, to) => ToItems(tables, from, to, positives, negatives, pairs, slopes));
        }

        double loss = 0;
        foreach (double one in losses)
            loss += one;
        return loss * share;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToUsers(
        Tables tables, int from, int to, RowGroups groups, PairIndices pairs, float scale, double[] losses, float[] slopes)
    {
        int width = tables.Width, perPair = pairs.PerInteraction;
        float share = 1f / losses.Length;
        for (int row = from; row < to; row++)
        {
            float* user = tables.User(row), target = tables.Row(row);
            new Span<float>(target, width).Clear();
            foreach (int b in groups[row])
            {
                float factor = pairs.Factors is null ? 1 : pairs.Factors[b];
                float* positive = tables.Item(pairs.Positives[b]);
                for (int k = 0, pair = b * perPair; k < perPair; k++, pair++)
                {
                    float* negative = tables.Item(pairs.Negatives[pair]);
                    float margin = DotDifference(user, positive, negative, width) * scale, exp = MathF.Exp(-MathF.Abs(margin));
                    losses[pair] = (Math.Max(-margin, 0) + Math.Log(1 + (double)exp)) * factor;
                    slopes[pair] = -(margin > 0 ? exp : 1) / (1 + exp) * share * scale * factor;
                    AddDifference(positive, negative, slopes[pair], target, width);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToItems(
        Tables tables, int from, int to, RowGroups positives, RowGroups negatives, PairIndices pairs, float[] slopes)
    {
        int width = tables.Width, perPair = pairs.PerInteraction;
        for (int row = from; row < to; row++)
        {
            float* target = tables.Row(row);
            new Span<float>(target, width).Clear();
            ReadOnlySpan<int> wanted = positives[row], unwanted = negatives[row];

            // The lists ascend: what comes first is added first.
            for (int p = 0, n = 0; p < wanted.Length || n < unwanted.Length;)
            {
                int pair = n == unwanted.Length ? int.MaxValue : unwanted[n];
                if (p < wanted.Length && wanted[p] <= pair / perPair)
                {
                    int b = wanted[p++];
                    for (int k = 0; k < perPair; k++)
                        AddScaled(tables.User(pairs.Users[b]), slopes[(b * perPair) + k], target, width);
                    continue;
                }

                n++;
                AddScaled(tables.User(pairs.Users[pair / perPair]), -slopes[pair], target, width);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float DotDifference(float* user, float* positive, float* negative, int width)
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
    internal static void AddDifference(float* positive, float* negative, float slope, float* toUser, int width)
    {
        int d = 0;
        var slopes = new Vector<float>(slope);
        for (; d <= width - Vector<float>.Count; d += Vector<float>.Count)
            (Vector.Load(toUser + d) + ((Vector.Load(positive + d) - Vector.Load(negative + d)) * slopes)).Store(toUser + d);
        for (; d < width; d++)
            toUser[d] += (positive[d] - negative[d]) * slope;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void AddScaled(float* user, float slope, float* target, int width)
    {
        int d = 0;
        var slopes = new Vector<float>(slope);
        for (; d <= width - Vector<float>.Count; d += Vector<float>.Count)
            (Vector.Load(target + d) + (Vector.Load(user + d) * slopes)).Store(target + d);
        for (; d < width; d++)
            target[d] += user[d] * slope;
    }

    /// <summary>The tables at hand, and the gradient that is made.</summary>
    private readonly record struct Tables(nint Users, nint Items, nint Target, int Width)
    {
        public float* User(int row) => (float*)Users + ((long)row * Width);

        public float* Item(int row) => (float*)Items + ((long)row * Width);

        public float* Row(int row) => (float*)Target + ((long)row * Width);
    }
}
