using DRepMRec.Alignment;
using static TorchSharp.torch;

namespace DRepMRec.Training;

/// <summary>The loss of one training step: the weighted sum to differentiate and the value of each term by name.</summary>
internal sealed record StepLoss(Tensor Total, IReadOnlyDictionary<string, double> Values)
{
    public static StepLoss Compute(DRepMRecModel model, TrainingBatch batch, double l2)
    {
        ModelOutput output = model.call(batch);
        var terms = new List<LossTerm> { new(model.Loss is RankingLoss.Bpr ? "bpr" : "softmax", RankingLosses.Compute(model.Loss, output.Embeddings, batch), 1) };
        terms.AddRange(output.Terms);
        if (l2 > 0 && model.BehaviorEncoder is IEgoEmbeddings encoder)
            terms.Add(new LossTerm("l2", SquaredLength(encoder.Ego, batch), l2));

        Tensor total = terms[0].Value;
        foreach (LossTerm term in terms.Skip(1))
            total = total.Plus(term.Value, term.Weight);
        var values = new Dictionary<string, double> { ["loss"] = total.item<float>() };
        foreach (LossTerm term in terms)
            values[term.Name] = term.Value.item<float>();
        return new StepLoss(total, values);
    }

    /// <summary>Half the sum of squares of the batch's ego embeddings, divided by the batch size (LightGCN, eq. 15); shared negatives count once.</summary>
    internal static Tensor SquaredLength(UserItemEmbeddings ego, TrainingBatch batch)
    {
        Tensor sum = ego.Users.index_select(0, batch.Users).Squared().sum();
        sum = sum.Plus(ego.Items.index_select(0, batch.Positives).Squared().sum());
        sum = sum.Plus(ego.Items.index_select(0, batch.Negatives).Squared().sum());
        return sum.Times(0.5 / batch.Count);
    }
}
