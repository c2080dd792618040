using System.Numerics.Tensors;
using DRepMRec.Internals;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Kernels;

internal sealed unsafe partial class BprFunction
{
    [ThreadStatic]
    private static NativeBuffer? _scratch;

    /// <summary>
    /// With shared negatives every user meets the same S items, so that their scores are one product U N'. With A the slopes by them,
    /// summed over a user's pairs, the gradients are A N for users and A' U for negatives; positives have the sums of their pairs' slopes.
    /// </summary>
    /// <param name="Users">The users' table.</param>
    /// <param name="Items">The items' table.</param>
    /// <param name="Pairs">The pairs and the negatives.</param>
    /// <param name="Scale">1 / t.</param>
    private sealed record SharedStep(Tensor Users, Tensor Items, PairIndices Pairs, float Scale)
    {
        private readonly int _width = (int)Users.shape[1];
        private readonly int _met = Pairs.Negatives.Length;
        private readonly nint _users = (nint)Users.Floats();
        private readonly nint _items = (nint)Items.Floats();
        private readonly double[] _losses = new double[Pairs.Users.Length];
        private readonly float[] _slopes = new float[Pairs.Users.Length];

        /// <returns>The loss.</returns>
        public double Differentiate(Tensor toUsers, Tensor? toItems)
        {
            int users = (int)Users.shape[0];
            RowGroups.ThrowIfOutside(Pairs.Positives, (int)Items.shape[0]);
            RowGroups.ThrowIfOutside(Pairs.Negatives, (int)Items.shape[0]);
            var pairsOf = new RowGroups(Pairs.Users, users);
            using Tensor negatives = FloatTensors.Empty(_met, _width);
            SelectFunction.Gather((float*)_items, Pairs.Negatives, _width, negatives.Floats());
            using Tensor scores = DenseProduct.Multiply(Users, negatives, transposeB: true);
            nint all = (nint)scores.Floats(), to = (nint)toUsers.Floats();
            Parallelism.ForRanges(users, RowsPerThread / 8, (first, last) =>
            {
                for (int user = first; user < last; user++)
                    Weigh(user, new Span<float>((float*)all + ((long)user * _met), _met), pairsOf[user]);
            });
            using (Tensor fromNegatives = DenseProduct.Multiply(scores, negatives))
                toUsers.copy_(fromNegatives);
            Parallelism.ForRanges(users, RowsPerThread, (first, last) =>
            {
                for (int user = first; user < last; user++)
                {
                    Span<float> own = Row(to, user);
                    foreach (int pair in pairsOf[user])
                        TensorPrimitives.MultiplyAdd(Row(_items, Pairs.Positives[pair]), _slopes[pair], own, own);
                }
            });
            if (toItems is not null)
            {
                using Tensor toNegatives = DenseProduct.Multiply(scores, Users, transposeA: true);
                SharedNegatives.ToItems(Users, toNegatives, toItems, Pairs, _slopes);
            }

            double loss = 0;
            foreach (double one in _losses)
                loss += one;
            return loss / _losses.Length / _met;
        }

        private Span<float> Row(nint table, long row) => new((float*)table + (row * _width), _width);

        /// <summary>
        /// Turns a user's scores into the slopes by them, and makes the losses and slopes of its pairs: with x the score of a negative
        /// minus that of the positive, the loss is max(0, x) + log(1 + exp(-|x|)), and its slope the sigmoid of x.
        /// </summary>
        private void Weigh(int user, Span<float> scores, ReadOnlySpan<int> pairs)
        {
            float* scratch = (_scratch ??= new NativeBuffer()).EnsureCapacity(3L * _met);
            Span<float> lost = new(scratch, _met), work = new(scratch + _met, _met), sum = new(scratch + (2 * _met), _met);
            sum.Clear();
            foreach (int pair in pairs)
            {
                float factor = Pairs.Factors is null ? 1 : Pairs.Factors[pair], share = Scale * factor / ((float)_losses.Length * _met);
                TensorPrimitives.Subtract(scores, TensorPrimitives.Dot<float>(Row(_users, user), Row(_items, Pairs.Positives[pair])), lost);
                TensorPrimitives.Multiply(lost, Scale, lost);
                TensorPrimitives.Abs(lost, work);
                TensorPrimitives.Negate(work, work);
                TensorPrimitives.Exp(work, work);
                TensorPrimitives.LogP1(work, work);
                double beyond = TensorPrimitives.Sum<float>(work);
                TensorPrimitives.Max(lost, 0, work);
                _losses[pair] = (beyond + TensorPrimitives.Sum<float>(work)) * factor;
                TensorPrimitives.Sigmoid(lost, lost);
                _slopes[pair] = -TensorPrimitives.Sum<float>(lost) * share;
                TensorPrimitives.MultiplyAdd(lost, share, sum, sum);
            }

            sum.CopyTo(scores);
        }
    }
}
