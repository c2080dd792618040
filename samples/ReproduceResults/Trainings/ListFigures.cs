using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;

namespace ReproduceResults.Trainings;

/// <summary>What the lists of a model are like beside their hits, at test.</summary>
/// <param name="Values">The list metrics by name.</param>
internal sealed record ListFigures(IReadOnlyDictionary<string, double> Values)
{
    private const int K = 20;

    /// <summary>How true its probabilities are, if it has any.</summary>
    public CalibrationFigures? Calibration { get; init; }

    public static ListMetric[] Metrics(RecDataset data)
        => [ListMetric.ItemCoverage(K), ListMetric.Gini(K), ListMetric.AveragePopularity(K), ListMetric.Novelty(K),
            .. data.Features.Select(f => ListMetric.IntraListDiversity(f.Modality, K))];

    public static ListFigures Of(IItemScorer scorer, RecDataset data, Recommender? recommender, CancellationToken cancellation)
    {
        var options = new EvaluationOptions { Threads = 1, ListMetrics = Metrics(data) };
        EvaluationResult test = new Evaluator(options).Evaluate(scorer, data, EvaluationTarget.Test, cancellation);
        return new ListFigures(test.ListMetrics.ToDictionary(m => m.Key.ToString(), m => m.Value))
        {
            Calibration = recommender?.Calibration is { } calibration ? CalibrationFigures.Of(calibration, recommender, data) : null,
        };
    }
}

/// <summary>A calibration by validation, measured on validation and at test.</summary>
/// <param name="Hits">The hits that it was fitted to.</param>
/// <param name="Items">The items that it was fitted to.</param>
/// <param name="ValidationError">The expected calibration error on what it was fitted to.</param>
/// <param name="TestError">The expected calibration error at test.</param>
/// <param name="Bins">The bins of the reliability diagram at test.</param>
internal sealed record CalibrationFigures(
    int Hits, int Items, double ValidationError, double TestError, IReadOnlyList<ReliabilityBin> Bins)
{
    public static CalibrationFigures Of(Calibration calibration, Recommender recommender, RecDataset data)
    {
        ReliabilityDiagram test = calibration.Measure(recommender, data, EvaluationTarget.Test);
        return new CalibrationFigures(calibration.Hits, calibration.Items,
            calibration.Measure(recommender, data, EvaluationTarget.Validation).ExpectedCalibrationError, test.ExpectedCalibrationError,
            test.Bins);
    }
}
