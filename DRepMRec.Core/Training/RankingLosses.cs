using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>The ranking losses as plain functions of tensors.</summary>
public static class RankingLosses
{
    /// <summary>-log sigmoid(positive - negative), averaged. positive [B, 1], negative [B, k].</summary>
    internal static Tensor Bpr(Tensor positive, Tensor negative) => (positive - negative).log_sigmoid().mean().neg();

    /// <summary>-log softmax of the positive among itself and the negatives, averaged. users and positives [B, D], negatives [S, D].</summary>
    /// <param name="users">The users' representations.</param>
    /// <param name="positives">The positive items' representations.</param>
    /// <param name="negatives">The shared negatives' representations.</param>
    /// <param name="excluded">(row, negative) pairs that don't count.</param>
    /// <param name="temperature">The temperature.</param>
    internal static Tensor SampledSoftmax(Tensor users, Tensor positives, Tensor negatives, IReadOnlyList<(int Row, int Negative)> excluded, double temperature)
        => users.device_type == DeviceType.CPU
            ? SampledSoftmaxFunction.Apply(users, positives, negatives, excluded, temperature)
            : SampledSoftmaxByTensors(users, positives, negatives, excluded, temperature);

    /// <summary>The same by libtorch's operations, on any device.</summary>
    internal static Tensor SampledSoftmaxByTensors(Tensor users, Tensor positives, Tensor negatives, IReadOnlyList<(int Row, int Negative)> excluded, double temperature)
    {
        var mask = new float[users.shape[0] * negatives.shape[0]];
        foreach (var (row, negative) in excluded)
            mask[(row * negatives.shape[0]) + negative] = -1e9f;
        Tensor others = matmul(users, negatives.t()).Plus(tensor(mask, users.shape[0], negatives.shape[0]).to(users.device));
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
        Tensor users = embeddings.Users.index_select(0, batch.Users);
        Tensor positives = embeddings.Items.index_select(0, batch.Positives);
        Tensor negatives = embeddings.Items.index_select(0, batch.Negatives);
        if (loss.Score == ScoreFunction.Cosine)
            (users, positives, negatives) = (users.NormalizeRows(), positives.NormalizeRows(), negatives.NormalizeRows());
        if (loss is RankingLoss.SampledSoftmax softmax)
            return SampledSoftmax(users, positives, negatives, batch.FalseNegatives(), softmax.Temperature);

        Tensor positive = users.RowDot(positives).unsqueeze(1);
        return Bpr(positive, matmul(negatives.reshape(batch.Count, batch.NegativeCount, -1), users.unsqueeze(2)).squeeze(2));
    }
}
