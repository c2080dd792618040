using DRepMRec.Internals;
using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec.Losses;

public abstract partial record RankingLoss
{
    /// <summary>Bayesian personalised ranking (Rendle et al., UAI 2009): the mean of -log sigmoid((positive - negative) / t).</summary>
    public sealed record Bpr : RankingLoss
    {
        /// <inheritdoc/>
        public override string Name => "bpr";

        /// <inheritdoc/>
        /// <value>The default is <see cref="ScoreFunction.Dot"/>.</value>
        public override ScoreFunction Score { get; init => field = Guard.Defined(value); } = ScoreFunction.Dot;

        /// <summary>
        /// The temperature t. Representations of free length find their own scale; where a fusion or <see cref="ScoreFunction.Cosine"/>
        /// holds them to a length, scores never differ by much, and a lower temperature lets the loss tell a narrow win from a clear one.
        /// </summary>
        /// <value>Above 0. The default is 1.</value>
        public double Temperature { get; init => field = Guard.Positive(value); } = 1;

        /// <summary>The number of negatives k per interaction.</summary>
        /// <value>At least 1. The default is 1.</value>
        public override int Negatives { get; init => field = Guard.Positive(value); } = 1;

        /// <inheritdoc/>
        public override bool SharesNegatives => false;

        /// <inheritdoc/>
        protected override Tensor ComputeRows(Tensor users, Tensor items, BatchRows rows)
            => Mean(users, items, rows.Pairs, Temperature);

        /// <inheritdoc/>
        internal override bool FollowsFromScores => true;

        /// <inheritdoc/>
        private protected override Tensor ComputeScores(Tensor positives, Tensor negatives, BatchRows rows)
            => WeightedMean((positives.unsqueeze(1) - negatives).Times(1 / Temperature).log_sigmoid(), rows.Batch.LossFactors).neg();

        /// <summary>The mean of -log sigmoid((u·p - u·n) / t) over pairs of rows.</summary>
        internal static Tensor Mean(Tensor users, Tensor items, PairIndices pairs, double temperature = 1)
        {
            return OwnKernels.Run(users)
                ? BprFunction.Apply(users, items, pairs, temperature)
                : MeanByTensors(users, items, pairs, temperature);
        }

        /// <summary>The mean by libtorch's operations, on any device.</summary>
        internal static Tensor MeanByTensors(Tensor users, Tensor items, PairIndices pairs, double temperature)
        {
            Tensor own = users.SelectRows(pairs.Users).Times(1 / temperature), others = items.SelectRows(pairs.Negatives);
            Tensor positive = own.RowDot(items.SelectRows(pairs.Positives)).unsqueeze(1);
            Tensor negative = pairs.Shared
                ? matmul(own, others.t())
                : matmul(others.reshape(pairs.Users.Length, -1, others.shape[1]), own.unsqueeze(2)).squeeze(2);
            return WeightedMean((positive - negative).log_sigmoid(), pairs.Factors).neg();
        }
    }
}
