using DRepMRec.Baselines;
using DRepMRec.Collectives;
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
        foreach (var (name, create) in Baselines(data.Train))
        {
            peers.ThrowIfCancelled(cancellationToken);
            IItemScorer? baseline = null;
            peers.Collective.Together(
                "to make a baseline", stop => baseline = new UnknownUserScorer(create(stop), data.Train), cancellationToken);
            double value = evaluator.Evaluate(
                baseline!, data, EvaluationTarget.Validation, peers.Collective, cancellationToken, seed: null)[metric];
            if (value <= model)
                continue;
            better.Add(name, value);
            logger.BelowBaseline(name, metric, value, model, report.ItemToItem is null
                ? "Where little is known, ItemToItemOptions.Enabled puts a closed form beside the model"
                : "Other options may suit the data better, or more data are needed");
        }

        return better;
    }

    private static IEnumerable<(string Name, Func<CancellationToken, IItemScorer> Create)> Baselines(InteractionSet train)
    {
        yield return ("Popularity", _ => new PopularityRecommender(train));
        long pairs = 0;
        for (int user = 0; user < train.UserCount; user++)
            pairs += (long)train.ItemsOf(user).Length * train.ItemsOf(user).Length;
        if (pairs < MaxPairs)
            yield return ("ItemKNN", stop => new ItemKnnRecommender(train, cancellationToken: stop));
    }
}
