using System.Numerics.Tensors;
using DRepMRec.Internals;
using DRepMRec.Losses;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

/// <summary>
/// The sampled softmax over shared negatives on the CPU, from the tables of users and items. Pairs of the same user share its logits: they
/// are computed, and turned into the loss and its gradients, once per user. With E = exp((U N' - m) / t) per user and w_u = the sum over
/// its pairs of f_b / (B t (e_b + sum E_u)), f_b being what the pair's loss is multiplied by, the gradients are (w ⊙ E) N for users and
/// E' (w ⊙ U) for negatives. They are made with the loss, while E is in the cache; the way back only scales them.
/// </summary>
internal sealed unsafe class SampledSoftmaxFunction : OwnFunction<SampledSoftmaxFunction>
{
    /// <summary>The users whose exponentials stay in the second-level cache.</summary>
    private const int Tile = 4 * DenseProduct.RowBlock;

    [ThreadStatic]
    private static NativeBuffer? _transposed;

    [ThreadStatic]
    private static NativeBuffer? _panels;

    public override string Name => nameof(SampledSoftmaxFunction);

    /// <param name="users">[n, D].</param>
    /// <param name="items">[m, D].</param>
    /// <param name="pairs">B pairs of a user and a positive, and S shared negatives, as rows of the two tables.</param>
    /// <param name="excluded">For each user, the negatives that don't count.</param>
    /// <param name="temperature">The temperature.</param>
    /// <returns>The mean loss, a scalar.</returns>
    public static Tensor Apply(Tensor users, Tensor items, PairIndices pairs, ExcludedPairs excluded, double temperature)
        => apply(users, items, pairs, excluded, (float)temperature);

    protected override Tensor ForwardPass(autograd.AutogradContext ctx, object[] vars)
    {
        // No scope of its own: libtorch takes the saved tensors over only after this method is back.
        using Tensor users = ((Tensor)vars[0]).contiguous(), items = ((Tensor)vars[1]).contiguous();
        var step = new Step((PairIndices)vars[2], (ExcludedPairs)vars[3], 1 / (float)vars[4], users, items);
        Tensor toUsers = empty_like(users), toItems = empty_like(items);
        double loss = step.Differentiate(toUsers, toItems);
        ctx.save_for_backward([toUsers, toItems]);
        return tensor((float)loss, device: CPU);
    }

    protected override List<Tensor> BackwardPass(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        return [Passes.Scaled(saved[0], grad_output), Passes.Scaled(saved[1], grad_output), null!, null!, null!];
    }

    /// <param name="Pairs">The pairs and the negatives.</param>
    /// <param name="Excluded">The negatives that don't count.</param>
    /// <param name="Scale">1 / t.</param>
    /// <param name="Users">The users' table.</param>
    /// <param name="Items">The items' table.</param>
    private sealed record Step(PairIndices Pairs, ExcludedPairs Excluded, float Scale, Tensor Users, Tensor Items)
    {
        private readonly int _width = (int)Users.shape[1];
        private readonly nint _users = (nint)Users.Floats();
        private readonly nint _items = (nint)Items.Floats();
        private readonly float[] _losses = new float[Pairs.Users.Length];
        private readonly float[] _slopes = new float[Pairs.Users.Length];
        private readonly float[]? _offsets = Pairs.Offsets is { } offsets ? Array.ConvertAll(offsets, o => o / Scale) : null;

        /// <returns>The loss.</returns>
        public double Differentiate(Tensor toUsers, Tensor toItems)
        {
            int count = (int)Users.shape[0], negativeCount = Pairs.Negatives.Length;
            RowGroups.ThrowIfOutside(Pairs.Negatives, (int)Items.shape[0]);
            RowGroups.ThrowIfOutside(Pairs.Positives, (int)Items.shape[0]);
            using Tensor negatives = FloatTensors.Empty(negativeCount, _width), exponentials = FloatTensors.Empty(count, negativeCount);
            using Tensor weighted = empty_like(Users);
            SelectFunction.Gather((float*)_items, Pairs.Negatives, _width, negatives.Floats());
            DenseProduct.Panels across = DenseProduct.PanelsOf(negatives, transpose: true, _transposed ??= new NativeBuffer());
            DenseProduct.Panels along = DenseProduct.PanelsOf(negatives, transpose: false, _panels ??= new NativeBuffer());
            var pairsOf = new RowGroups(Pairs.Users, count);
            nint all = (nint)exponentials.Floats(), to = (nint)toUsers.Floats(), heavy = (nint)weighted.Floats();
            int tiles = (count + Tile - 1) / Tile;
            Parallelism.ForRanges(tiles, minimumPerThread: 2, (from, end) =>
            {
                float* weights = stackalloc float[Tile];
                for (int tile = from; tile < end; tile++)
                {
                    int first = tile * Tile, rows = Math.Min(Tile, count - first);
                    float* own = (float*)all + ((long)first * negativeCount), target = (float*)to + ((long)first * _width);
                    var left = DenseProduct.Operand.Of(Row(_users, first), _width);
                    DenseProduct.Serial(left, rows, _width, across, negativeCount, own, negativeCount, SimdPaths.Best);
                    for (int n = 0; n < rows; n++)
                        weights[n] = Weigh(first + n, own + ((long)n * negativeCount), negativeCount, pairsOf[first + n]);
                    left = DenseProduct.Operand.Of(own, negativeCount);
                    DenseProduct.Serial(left, rows, negativeCount, along, _width, target, _width, SimdPaths.Best);
                    for (int n = 0; n < rows; n++)
                        Finish(first + n, weights[n], Row((nint)target, n), Row(heavy, first + n), pairsOf[first + n]);
                }
            });
            using Tensor toNegatives = DenseProduct.Multiply(exponentials, weighted, transposeA: true);
            SharedNegatives.ToItems(Users, toNegatives, toItems, Pairs, _slopes);
            double loss = 0;
            for (int pair = 0; pair < _losses.Length; pair++)
                loss += Pairs.Factors is null ? _losses[pair] : (double)_losses[pair] * Pairs.Factors[pair];
            return loss / _losses.Length;
        }

        private float* Row(nint table, long row) => (float*)table + (row * _width);

        private Span<float> Span(nint table, long row) => new(Row(table, row), _width);

        /// <summary>
        /// Turns a user's logits into exponentials relative to the largest, and makes the losses and the slopes of its pairs, in their
        /// order.
        /// </summary>
        /// <returns>w_u.</returns>
        private float Weigh(int user, float* logits, int count, ReadOnlySpan<int> pairs)
        {
            if (_offsets is not null)
                TensorPrimitives.Add(new ReadOnlySpan<float>(logits, count), _offsets, new Span<float>(logits, count));
            foreach (int negative in Excluded[user])
                logits[negative] = float.NegativeInfinity;

            // A user without any negative that counts has sum 0, whatever it is relative to.
            float largest = Exponential.Largest(logits, count, SimdPaths.Best) * Scale, weight = 0;
            float relative = float.IsNegativeInfinity(largest) ? 0 : largest, share = Scale / _losses.Length;
            float negativeSum = Exponential.Exponentiate(logits, count, Scale, relative, SimdPaths.Best);
            foreach (int pair in pairs)
            {
                float score = TensorPrimitives.Dot<float>(Span(_users, user), Span(_items, Pairs.Positives[pair])) * Scale;
                float offset = MathF.Max(score, largest), others = MathF.Exp(largest - offset), exp = MathF.Exp(score - offset);
                float sum = exp + (others * negativeSum);
                _losses[pair] = MathF.Log(sum) + offset - score;
                float own = Pairs.Factors is null ? share : share * Pairs.Factors[pair];
                weight += others / sum * own;
                _slopes[pair] = ((exp / sum) - 1) * own;
            }

            return weight;
        }

        /// <summary>The gradient of a user's row, which holds the sum over negatives so far, and what it adds to theirs.</summary>
        private void Finish(int user, float weight, float* target, float* weighted, ReadOnlySpan<int> pairs)
        {
            Span<float> own = new(target, _width);
            TensorPrimitives.Multiply(Span(_users, user), weight, new Span<float>(weighted, _width));
            TensorPrimitives.Multiply(own, weight, own);
            foreach (int pair in pairs)
                TensorPrimitives.MultiplyAdd(Span(_items, Pairs.Positives[pair]), _slopes[pair], own, own);
        }
    }
}
