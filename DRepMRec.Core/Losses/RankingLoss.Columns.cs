using DRepMRec.Collectives;
using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec.Losses;

public abstract partial record RankingLoss
{
    /// <summary>Whether the loss follows from the scores of pairs alone, and so from partial sums that processes exchange.</summary>
    internal virtual bool FollowsFromScores => false;

    /// <summary>The loss of a batch of whose rows this process has some columns, by the partial scores of all processes.</summary>
    /// <param name="own">This process's columns of the batch's own rows.</param>
    /// <param name="rows">The batch in these tables.</param>
    /// <param name="columns">Whose columns are where.</param>
    internal Tensor ComputeByColumns(UserItemEmbeddings own, BatchRows rows, ColumnPartition columns)
    {
        own = new UserItemEmbeddings(own.Users.cpu(), own.Items.cpu()); // What processes exchange is in the memory of the machine.
        PairIndices pairs = rows.Pairs;
        int count = pairs.Users.Length, users = (int)own.Users.shape[0], items = (int)own.Items.shape[0];
        int[] partners = pairs.Shared ? Spread(users, pairs.Negatives.Length) : Spread(pairs.Users, pairs.PerInteraction);
        int[] negatives = pairs.Shared ? [.. Enumerable.Repeat(pairs.Negatives, users).SelectMany(n => n)] : pairs.Negatives;
        bool isCosine = Score == ScoreFunction.Cosine;
        var scored = new ScoredPairs([.. pairs.Users, .. partners], [.. pairs.Positives, .. negatives], isCosine);
        Tensor scores = ColumnScoresFunction.Apply(own.Users, own.Items, scored, columns), all = scores.narrow(0, 0, scored.Users.Length);
        if (isCosine)
        {
            Tensor Inverse(int first, int length) => scores.narrow(0, scored.Users.Length + first, length)
                .Plus(NormalizeFunction.MinLength * NormalizeFunction.MinLength).rsqrt();
            Tensor byUser = Inverse(0, users), byItem = Inverse(users, items);
            Tensor ofUsers = byUser.index_select(0, tensor(scored.Users, device: CPU));
            all = all * ofUsers * byItem.index_select(0, tensor(scored.Items, device: CPU));
        }

        Tensor positive = all.narrow(0, 0, count), negative = all.narrow(0, count, negatives.Length);
        return ComputeScores(positive, pairs.Shared ? negative.reshape(users, -1) : negative.reshape(count, -1), rows);
    }

    /// <summary>The loss by the scores of positives, [B], and of negatives: [B, k], or, where they are shared, [users, S].</summary>
    private protected virtual Tensor ComputeScores(Tensor positives, Tensor negatives, BatchRows rows)
        => throw new NotSupportedException($"{GetType().Name} needs whole rows.");

    /// <summary>The mean of losses, [B, k], each interaction's multiplied by its factor; without factors the plain mean.</summary>
    private protected static Tensor WeightedMean(Tensor losses, float[]? factors)
        => (factors is null ? losses : losses * tensor(factors, factors.Length, 1, device: CPU).to(losses.device)).mean();

    private static int[] Spread(int[] rows, int times) => [.. rows.SelectMany(row => Enumerable.Repeat(row, times))];

    private static int[] Spread(int rows, int times) => Spread([.. Enumerable.Range(0, rows)], times);
}
