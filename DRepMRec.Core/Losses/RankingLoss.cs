using DRepMRec.Internals;

namespace DRepMRec.Losses;

/// <summary>How a user and an item are compared.</summary>
public enum ScoreFunction
{
    /// <summary>The dot product of the two representations.</summary>
    Dot,

    /// <summary>The cosine between them.</summary>
    Cosine,
}

/// <summary>What a model learns to rank by: which loss, over which scores. It's part of a model, as items must be ranked by the scores they were trained on.</summary>
public abstract record RankingLoss
{
    private RankingLoss()
    {
    }

    /// <summary>The score of a user and an item, in training and in ranking.</summary>
    public abstract ScoreFunction Score { get; init; }

    /// <summary>Bayesian personalised ranking: -log sigmoid((positive - negative) / t), averaged over sampled pairs (Rendle et al., UAI 2009, where t is 1).</summary>
    public sealed record Bpr : RankingLoss
    {
        /// <inheritdoc/>
        /// <value>The default is <see cref="ScoreFunction.Dot"/>.</value>
        public override ScoreFunction Score { get; init => field = Guard.Defined(value); } = ScoreFunction.Dot;

        /// <summary>The temperature t. Representations of free length find their own scale; where a fusion or <see cref="ScoreFunction.Cosine"/> holds them to a length, scores never differ by much, and a lower temperature lets the loss tell a narrow win from a clear one.</summary>
        /// <value>Above 0. The default is 1.</value>
        public double Temperature { get; init => field = Guard.Positive(value); } = 1;

        /// <summary>The number of negatives k per interaction.</summary>
        /// <value>At least 1. The default is 1.</value>
        public int Negatives { get; init => field = Guard.Positive(value); } = 1;
    }

    /// <summary>
    /// Softmax over the positive and negatives that the whole batch shares: -log(exp(s+/t) / (exp(s+/t) + sum exp(s-/t))). A negative that is a training item of the user is left out
    /// (Wu et al., "On the Effectiveness of Sampled Softmax Loss for Item Recommendation", arXiv 2201.02327).
    /// </summary>
    public sealed record SampledSoftmax : RankingLoss
    {
        /// <inheritdoc/>
        /// <value>The default is <see cref="ScoreFunction.Cosine"/>.</value>
        public override ScoreFunction Score { get; init => field = Guard.Defined(value); } = ScoreFunction.Cosine;

        /// <summary>The number of negatives S that the batch shares.</summary>
        /// <value>At least 1. The default is 512.</value>
        public int Negatives { get; init => field = Guard.Positive(value); } = 512;

        /// <summary>The temperature t.</summary>
        /// <value>Above 0. The default is 0.25.</value>
        public double Temperature { get; init => field = Guard.Positive(value); } = 0.25;
    }
}
