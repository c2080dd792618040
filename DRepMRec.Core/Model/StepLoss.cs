using DRepMRec.Kernels;
using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>The loss of one training step: the weighted sum to differentiate and the value of each term by name.</summary>
internal sealed record StepLoss(Tensor Total, IReadOnlyDictionary<string, double> Values)
{
    public static StepLoss Compute(DRepMRecModel model, TrainingBatch batch, double l2)
    {
        (ModelOutput output, UserItemEmbeddings? ego) = model.ComputeRows(batch.Rows);
        TrainingBatch local = batch.Rows.Local;
        var terms = new List<LossTerm>(output.Terms.Count + 2) { new(model.Loss is RankingLoss.Bpr ? "bpr" : "softmax", RankingLosses.Compute(model.Loss, output.Embeddings, local), 1) };
        terms.AddRange(output.Terms);
        if (l2 > 0 && ego is { } rows)
            terms.Add(new LossTerm("l2", SquaredLength(rows, local), l2));

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
        BatchRows rows = batch.Rows;
        if (!ReferenceEquals(batch, rows.Local))
            ego = rows.Select(ego);
        double factor = 0.5 / batch.Count;
        return WeightedSquares(ego.Users, rows.UserCounts(), factor).Plus(WeightedSquares(ego.Items, rows.ItemCounts(), factor));
    }

    private static Tensor WeightedSquares(Tensor rows, float[] counts, double factor) => OwnKernels.Run(rows)
        ? SquaredLengthFunction.Apply(rows, counts, factor)
        : (rows.RowDot(rows) * tensor(counts).to(rows.device)).sum().Times(factor);
}
