using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;
using static TorchSharp.torch;

namespace ReproduceResults.Studies;

/// <summary>
/// The sampled softmax over cosines with the scores of an item-to-item part added, so that the model learns what the part leaves. The item
/// that an interaction is about is left out of the user's history, as it isn't there when a list is made.
/// </summary>
/// <param name="part">The part.</param>
public sealed record ResidualSoftmax(ResidualPart part) : RankingLoss
{
    public override string Name => "residual";

    public override ScoreFunction Score { get; init; } = ScoreFunction.Cosine;

    public override int Negatives { get; init; } = 512;

    public override bool SharesNegatives => true;

    public double Temperature { get; init; } = 0.25;

    protected override Tensor ComputeRows(Tensor users, Tensor items, BatchRows rows)
    {
        Tensor user = users.index_select(0, tensor(rows.Users.ToArray()));
        Tensor positive = (user * items.index_select(0, tensor(rows.Positives.ToArray()))).sum(1, true);
        Tensor negative = user.matmul(items.index_select(0, tensor(rows.Negatives.ToArray())).t());
        Tensor beside = tensor(part.Of(rows.Batch), rows.Users.Length, 1 + rows.Negatives.Length);
        Tensor logits = (cat([positive, negative], 1) + beside) / Temperature;
        return (logits.logsumexp(1) - logits.select(1, 0)).mean();
    }
}

/// <summary>The scores of an item-to-item part for the pairs of a batch.</summary>
/// <param name="train">The training interactions.</param>
/// <param name="weights">The weights of each fold of the users, in turn; those of a fold were solved without its users.</param>
public sealed class ResidualPart(InteractionSet train, CsrMatrix[] weights)
{
    /// <summary>By how much the scores count beside cosines.</summary>
    public float Factor { get; set; }

    /// <summary>The same weights with a factor of their own, for one training.</summary>
    public ResidualPart Copy() => new(train, weights);

    /// <summary>The part of a dataset, solved once for all users, or for each of some folds of them by the others.</summary>
    public static ResidualPart Solve(RecDataset data, int folds)
        => new(data.Train, folds == 1 ? [ItemToItemModel.Solve(data).Weights]
            : [.. Enumerable.Range(0, folds).Select(fold => ItemToItemModel.Solve(Without(data, fold, folds)).Weights)]);

    /// <summary>[B, 1 + S]: of each interaction the item that it is about, then the negatives; minus infinity where the user has one.</summary>
    public float[] Of(TrainingBatch batch)
    {
        int width = 1 + batch.NegativeCount;
        var scores = new float[batch.Count * width];
        float[] whole = new float[train.ItemCount], room = new float[train.ItemCount];
        int[] order = new int[batch.Count], users = batch.UserIndices.ToArray();
        for (int n = 0; n < order.Length; n++)
            order[n] = n;
        Array.Sort(users, order);
        for (int k = 0; k < order.Length; k++)
        {
            (int n, int user) = (order[k], users[k]);
            int item = batch.PositiveIndices[n];
            ReadOnlySpan<int> own = train.ItemsOf(user);
            CsrMatrix part = weights[user % weights.Length];
            if (k == 0 || users[k - 1] != user)
            {
                Array.Clear(whole);
                foreach (int other in own)
                    Add(part, other, 1, whole);
            }

            whole.CopyTo(room, 0);
            Add(part, item, -1, room);
            float factor = own.Length > 1 ? Factor / (own.Length - 1) : 0;
            scores[n * width] = factor * room[item];
            foreach (int other in own)
                room[other] = float.NegativeInfinity;
            for (int s = 1; s < width; s++)
            {
                float score = room[batch.NegativeIndices[s - 1]];
                scores[(n * width) + s] = float.IsFinite(score) ? factor * score : score;
            }
        }

        return scores;
    }

    private static void Add(CsrMatrix part, int item, float factor, float[] scores)
    {
        ReadOnlySpan<int> columns = part.Columns;
        ReadOnlySpan<float> values = part.Values;
        for (int e = part.RowOffsets[item]; e < part.RowOffsets[item + 1]; e++)
            scores[columns[e]] += factor * values[e];
    }

    private static RecDataset Without(RecDataset data, int fold, int folds)
    {
        (int, int)[] pairs = [.. Enumerable.Range(0, data.Users.Count).Where(u => u % folds != fold)
            .SelectMany(u => data.Train.ItemsOf(u).ToArray().Select(i => (u, i)))];
        var train = new InteractionSet(data.Users.Count, data.Items.Count, pairs);
        return new RecDataset(data.Name, data.Users, data.Items, new(train, data.Validation, data.Test), [.. data.Features]);
    }
}
