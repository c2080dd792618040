using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.ItemToItem;

namespace DRepMRec.Training;

/// <summary>Evaluates a model by its final representations.</summary>
internal sealed class ModelEvaluator(RecDataset data, TrainerOptions options)
{
    private readonly Evaluator _evaluator = new(Include(options));

    public EvaluationProtocol Protocol(EvaluationTarget target) => EvaluationProtocol.Of(data, target, Include(options), options.Seed);

    public EvaluationResult Evaluate(DRepMRecModel model, EvaluationTarget target, CancellationToken cancellationToken)
        => _evaluator.Evaluate(Scorer(model), data, target, model.Collective, cancellationToken, options.Seed);

    private UnknownUserScorer Scorer(DRepMRecModel model)
    {
        using UserItemEmbeddings final = model.Embed();
        ThrowIfNotFinite("User", UserItemEmbeddings.Values(final.Users), data.Users);
        ThrowIfNotFinite("Item", UserItemEmbeddings.Values(final.Items), data.Items);
        EmbeddingScorer alone = EmbeddingScorer.Of(final);
        var scorer = (IRangeScorer)(model.ItemToItem?.Over(alone) ?? alone);
        return new UnknownUserScorer(scorer, user => model.Graph.UserDegree(user) > 0 && alone.HasRow(user), model.Graph.ItemDegrees);
    }

    /// <summary>Gives a model its item-to-item part.</summary>
    public ItemToItemBlend FitItemToItem(DRepMRecModel model, CancellationToken cancellationToken)
        => model.FitItemToItem(data, options.StoppingMetric, Include(options), cancellationToken);

    /// <summary>Rows that nobody is ranked by count too: a model with one can't be served.</summary>
    private static void ThrowIfNotFinite(string what, float[] values, IdMap ids)
    {
        if (TensorPrimitives.IsFiniteAll<float>(values))
            return;
        int row = Array.FindIndex(values, value => !float.IsFinite(value)) / (values.Length / ids.Count);
        throw new NotFiniteNumberException($"{what} {Shown.Text(ids[row])} (index {row}): the representation isn't finite.");
    }

    private static EvaluationOptions Include(TrainerOptions options)
    {
        EvaluationOptions evaluation = options.Evaluation with { Threads = options.Threads };
        return evaluation.Metrics.Contains(options.StoppingMetric)
            ? evaluation
            : evaluation with { Metrics = [.. evaluation.Metrics, options.StoppingMetric] };
    }
}
