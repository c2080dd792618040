using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec.Losses;

/// <summary>The ranking losses as plain functions of tensors.</summary>
public static class RankingLosses
{
    /// <summary>-log sigmoid(positive - negative), averaged. positive [B, 1], negative [B, k].</summary>
    internal static Tensor Bpr(Tensor positive, Tensor negative) => (positive - negative).log_sigmoid().mean().neg();

    /// <summary>BPR over the dot products of a batch's rows. users [U, D] and items [I, D], whose rows the batch's indices are.</summary>
    internal static Tensor Bpr(Tensor users, Tensor items, TrainingBatch batch, double temperature = 1)
    {
        if (OwnKernels.Run(users))
            return BprFunction.Apply(users, items, batch.Pairs, temperature);
        Tensor own = users.index_select(0, batch.Users).Times(1 / temperature);
        return Bpr(own.RowDot(items.index_select(0, batch.Positives)).unsqueeze(1), batch.ScoreNegatives(own, items));
    }

    /// <summary>-log softmax of the positive among itself and the negatives, averaged over B rows.</summary>
    /// <param name="users">[n, D]: the users' representations.</param>
    /// <param name="positives">[B, D]: the positive items' representations.</param>
    /// <param name="negatives">[S, D]: the shared negatives' representations.</param>
    /// <param name="excluded">For each user, the negatives that don't count.</param>
    /// <param name="temperature">The temperature.</param>
    /// <param name="userOfRow">The user of each of the B rows; <see langword="null"/> where row b is of user b.</param>
    internal static Tensor SampledSoftmax(Tensor users, Tensor positives, Tensor negatives, ExcludedPairs excluded, double temperature, int[]? userOfRow = null)
    {
        if (OwnKernels.Run(users))
            return SampledSoftmaxFunction.Apply(users, positives, negatives, excluded, temperature, userOfRow);
        return userOfRow is null
            ? SampledSoftmaxByTensors(users, positives, negatives, excluded, temperature)
            : SampledSoftmaxByTensors(users.index_select(0, tensor(userOfRow).to(users.device)), positives, negatives, excluded.Spread(userOfRow), temperature);
    }

    /// <summary>The same by libtorch's operations, on any device, for users in the order of the rows.</summary>
    internal static Tensor SampledSoftmaxByTensors(Tensor users, Tensor positives, Tensor negatives, ExcludedPairs excluded, double temperature)
    {
        int rows = (int)users.shape[0], columns = (int)negatives.shape[0];
        var mask = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            foreach (int negative in excluded[row])
                mask[(row * columns) + negative] = -1e9f;
        }

        Tensor others = matmul(users, negatives.t()).Plus(tensor(mask, rows, columns).to(users.device));
        Tensor logits = cat([users.RowDot(positives).unsqueeze(1), others], 1).Times(1 / temperature);
        return (logits.logsumexp(1) - logits.select(1, 0)).mean();
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="embeddings">The representations of all users and items.</param>
    /// <param name="batch">The batch.</param>
    /// <returns>A scalar with gradients for the representations; it belongs to the dispose scope that is open.</returns>
    public static Tensor Compute(this RankingLoss loss, UserItemEmbeddings embeddings, TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(batch);
        BatchRows rows = batch.Rows;
        TrainingBatch local = rows.Local;
        var (users, items) = ReferenceEquals(batch, local) ? embeddings : rows.Select(embeddings);
        if (loss.Score == ScoreFunction.Cosine)
            (users, items) = (users.NormalizeRows(), items.NormalizeRows());
        return loss is RankingLoss.SampledSoftmax softmax
            ? SampledSoftmax(users, items.index_select(0, local.Positives), items.index_select(0, local.Negatives), rows.FalseNegatives(), softmax.Temperature, local.UserArray)
            : Bpr(users, items, local, ((RankingLoss.Bpr)loss).Temperature);
    }
}
