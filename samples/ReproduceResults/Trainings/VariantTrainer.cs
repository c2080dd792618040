using System.Diagnostics;
using DRepMRec;
using DRepMRec.Evaluation;
using DRepMRec.Training;
using ReproduceResults.Studies;

namespace ReproduceResults.Trainings;

/// <summary>Makes one training and all its figures. The test set is read once, at the end.</summary>
internal static class VariantTrainer
{
    public static Training Train(string study, Variant variant, int seed, CancellationToken cancellation)
    {
        var training = new Training(study, variant.Name, seed, variant.Data.SplitChecksum, variant.Options)
        {
            Dataset = variant.Data.Name,
            Loss = variant.Loss,
        };
        try
        {
            return variant.Model is { } create
                ? Trained(training, variant, create, cancellation)
                : Untrained(training, variant, cancellation);
        }
        catch (TrainingDivergedException e)
        {
            return training with { Failure = e.Message };
        }
    }

    private static Training Untrained(Training training, Variant variant, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        IItemScorer scorer = variant.Baseline!();
        training = training with { Seconds = clock.Elapsed.TotalSeconds };
        var evaluator = new Evaluator(new EvaluationOptions { Threads = 1 });
        EvaluationResult validation = evaluator.Evaluate(scorer, variant.Data, EvaluationTarget.Validation, cancellation);
        return WithFigures(training, variant, validation, evaluator.Evaluate(scorer, variant.Data, EvaluationTarget.Test, cancellation),
            scorer) with
        {
            Lists = variant.IsDescribed ? ListFigures.Of(scorer, variant.Data, recommender: null) : null,
        };
    }

    private static Training Trained(Training training, Variant variant, Func<int, OwnedModel> create, CancellationToken cancellation)
    {
        using OwnedModel owned = create(training.Seed);
        DRepMRecModel model = owned.Model;
        TrainingReport report = new Trainer(model, variant.Data, variant.Trainer with { Seed = training.Seed, KeepFreedMemory = true })
            .Fit(cancellationToken: cancellation);
        EvaluationResult validation = report.Validation ?? throw new ArgumentException(
            $"Expected validation interactions in '{variant.Data.Name}' to choose the best epoch by, got none.");
        using UserItemEmbeddings final = model.Embed();
        EmbeddingScorer alone = EmbeddingScorer.Of(final);
        IItemScorer scorer = model.ItemToItem?.Over(alone) ?? alone;
        return WithFigures(training, variant, validation, report.EvaluateTest(cancellation), scorer) with
        {
            BestEpoch = report.BestEpoch,
            Epochs = report.History.Count,
            SecondsPerEpoch = report.History.Average(e => e.TrainingTime.TotalSeconds),
            Seconds = report.Elapsed.TotalSeconds,
            History = History(report.History),
            Lines = model.Features is null ? null : LineFigures.Of(model.MeasureLines()),
            Lists = variant.IsDescribed ? ListFigures.Of(scorer, variant.Data, report.BuildRecommender()) : null,
            Snapshot = variant.IsPictured && model.Features is not null ? LineSnapshot.Of(model) : null,
        };
    }

    private static Training WithFigures(
        Training training, Variant variant, EvaluationResult validation, EvaluationResult test, IItemScorer scorer)
        => training with
        {
            Valid = Values(validation),
            Test = Values(test),
            TestUsers = test.EvaluatedUsers.Count,
            RecallPerUser = PerUser(test, Training.Recall),
            NdcgPerUser = PerUser(test, Training.Ndcg),
            Groups = TestRows.Measure(variant.Data, scorer),
        };

    private static List<EpochFigures> History(IReadOnlyList<EpochReport> epochs)
    {
        var history = new List<EpochFigures>();
        double training = 0, total = 0;
        foreach (EpochReport epoch in epochs)
        {
            training += epoch.TrainingTime.TotalSeconds;
            total += epoch.TrainingTime.TotalSeconds + epoch.EvaluationTime.TotalSeconds;
            if (epoch.Validation is { } validation)
            {
                history.Add(new EpochFigures(
                    Math.Round(training, 3), Math.Round(total, 3), validation[Training.Recall], validation[Training.Ndcg]));
            }
        }

        return history;
    }

    private static Dictionary<string, double> Values(EvaluationResult result)
        => Training.Metrics.ToDictionary(m => m.ToString(), m => result[m]);

    private static Dictionary<int, float> PerUser(EvaluationResult result, RankingMetric metric)
        => result.EvaluatedUsers.Zip(result.PerUser(metric)).Where(p => p.Second > 0).ToDictionary(p => p.First, p => (float)p.Second);
}
