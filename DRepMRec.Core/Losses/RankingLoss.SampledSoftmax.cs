using DRepMRec.Internals;
using static TorchSharp.torch;

namespace DRepMRec.Losses;

public abstract partial record RankingLoss
{
    /// <summary>
    /// Softmax over the positive and negatives that the whole batch shares: -log(exp(s+/t) / (exp(s+/t) + sum exp(s-/t))). A negative that
    /// is a training item of the user is left out (Wu et al., "On the Effectiveness of Sampled Softmax Loss for Item Recommendation", arXiv
    /// 2201.02327).
    /// </summary>
    public sealed record SampledSoftmax : RankingLoss
    {
        /// <inheritdoc/>
        public override string Name => "softmax";

        /// <inheritdoc/>
        /// <value>The default is <see cref="ScoreFunction.Cosine"/>.</value>
        public override ScoreFunction Score { get; init => field = Guard.Defined(value); } = ScoreFunction.Cosine;

        /// <summary>The number of negatives S that the batch shares.</summary>
        /// <value>At least 1. The default is 512.</value>
        public override int Negatives { get; init => field = Guard.Positive(value); } = 512;

        /// <inheritdoc/>
        public override bool SharesNegatives => true;

        /// <summary>The temperature t.</summary>
        /// <value>Above 0. The default is 0.25.</value>
        public double Temperature { get; init => field = Guard.Positive(value); } = 0.25;

        /// <inheritdoc/>
        protected override Tensor ComputeRows(Tensor users, Tensor items, BatchRows rows)
            => ContrastiveLosses.SampledSoftmax(users, items, rows.Pairs, rows.FalseNegatives(), Temperature);

        /// <inheritdoc/>
        internal override bool FollowsFromScores => true;

        /// <inheritdoc/>
        private protected override Tensor ComputeScores(Tensor positives, Tensor negatives, BatchRows rows)
        {
            ExcludedPairs excluded = rows.FalseNegatives();
            int users = (int)negatives.shape[0], count = (int)negatives.shape[1];
            var mask = new float[(long)users * count];
            for (int user = 0; user < users; user++)
            {
                foreach (int negative in excluded[user])
                    mask[((long)user * count) + negative] = float.NegativeInfinity;
            }

            negatives = negatives.Plus(tensor(mask, users, count, device: CPU));
            if (rows.Pairs.Offsets is { } offsets)
                negatives = negatives.Plus(tensor(offsets, 1, count, device: CPU), Temperature);
            Tensor others = negatives.index_select(0, tensor(rows.Users.ToArray(), device: CPU));
            Tensor logits = cat([positives.unsqueeze(1), others], 1).Times(1 / Temperature);
            return WeightedMean((logits.logsumexp(1) - logits.select(1, 0)).unsqueeze(1), rows.Batch.LossFactors);
        }
    }
}
