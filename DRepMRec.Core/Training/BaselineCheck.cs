using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using Microsoft.Extensions.Logging;

namespace DRepMRec.Training;

/// <summary>Holds a trained model against recommenders that only count.</summary>
internal static class BaselineCheck
{
    private const long MaxPairs = 200_000_000;

    /// <summary>The baselines that are better on validation, with their figures; each is logged as a warning.</summary>
    public static IReadOnlyDictionary<string, double> Better(
        TrainingReport report, RecDataset data, TrainerOptions options, TrainingPeers peers, ILogger logger,
        CancellationToken cancellationToken)
    {
        var better = new Dictionary<string, double>();
        if (report.Validation is not { } validation)
            return better;
        RankingMetric metric = options.StoppingMetric;
        double model = validation[metric];
        var evaluator = new Evaluator(options.Evaluation with { Metrics = [metric], ListMetrics = [], Threads = options.Threads });
        CancellationToken within = peers.Within(cancellationToken);
        foreach (var (name, create) in Baselines(data.Train))
        {
            peers.ThrowIfCancelled(cancellationToken);
            double value = evaluator.Evaluate(create(), data, EvaluationTarget.Validation, within)[metric];
            if (value <= model)
                continue;
            better.Add(name, value);
            logger.BelowBaseline(name, metric, value, model);
        }

        return better;
    }

    private static IEnumerable<(string Name, Func<IItemScorer> Create)> Baselines(InteractionSet train)
    {
        yield return ("Popularity", () => new PopularityRecommender(train));
        long pairs = 0;
        for (int user = 0; user < train.UserCount; user++)
            pairs += (long)train.ItemsOf(user).Length * train.ItemsOf(user).Length;
        if (pairs < MaxPairs)
            yield return ("ItemKNN", () => new ItemKnnRecommender(train));
    }
}
