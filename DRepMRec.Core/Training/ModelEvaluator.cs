using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace DRepMRec.Training;

/// <summary>Evaluates a model by its final representations.</summary>
internal sealed class ModelEvaluator(RecDataset data, TrainerOptions options)
{
    private readonly Evaluator _evaluator = new(Include(options));

    public EvaluationProtocol Protocol(EvaluationTarget target) => EvaluationProtocol.Of(data, target, Include(options), options.Seed);

    public EvaluationResult Evaluate(DRepMRecModel model, EvaluationTarget target, CancellationToken cancellationToken)
        => _evaluator.Evaluate(Scorer(model), data, target, cancellationToken, options.Seed);

    public static EmbeddingScorer Scorer(DRepMRecModel model)
    {
        using UserItemEmbeddings final = model.Embed();
        return EmbeddingScorer.Of(final);
    }

    private static EvaluationOptions Include(TrainerOptions options)
    {
        EvaluationOptions evaluation = options.Evaluation with { Threads = options.Threads };
        return evaluation.Metrics.Contains(options.StoppingMetric) ? evaluation : evaluation with { Metrics = [.. evaluation.Metrics, options.StoppingMetric] };
    }
}
