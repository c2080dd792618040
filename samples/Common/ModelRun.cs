using System.Diagnostics;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Training;

namespace Common;

/// <summary>One model's training and its figures.</summary>
internal sealed record ModelRun(string Model, bool Bma, int Seed, EvaluationResult Validation, EvaluationResult Test)
{
    /// <summary>The report of the training; null for a model that isn't trained by gradients.</summary>
    public TrainingReport? Report { get; init; }

    public TimeSpan TrainTime { get; init; }

    /// <summary>Evaluates a recommender that <paramref name="create"/> makes ready: no training follows.</summary>
    public static ModelRun Untrained(string name, Func<IItemScorer> create, RecDataset data, TrainerOptions options,
        CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var scorer = new UnknownUserScorer(create(), data.Train);
        TimeSpan created = clock.Elapsed;
        var evaluator = new Evaluator(options.Evaluation with { Threads = options.Threads });
        EvaluationResult validation = evaluator.Evaluate(scorer, data, EvaluationTarget.Validation, cancellation);
        return new ModelRun(name, false, options.Seed, validation, evaluator.Evaluate(scorer, data, EvaluationTarget.Test, cancellation))
        {
            TrainTime = created,
        };
    }

    /// <summary>Trains a model and evaluates it on the test set, once.</summary>
    public static ModelRun Train(
        string name, bool bma, DRepMRecModel model, RecDataset data, TrainerOptions options, IProgress<TrainingProgress> progress,
        CancellationToken cancellation)
    {
        TrainingReport report = new Trainer(model, data, options with { KeepFreedMemory = true }).Fit(progress, cancellation);
        EvaluationResult validation = report.Validation
            ?? throw new ArgumentException($"Expected validation interactions in '{data.Name}' to choose the best epoch by, got none.");
        return new ModelRun(name, bma, options.Seed, validation, report.EvaluateTest(cancellation))
        {
            Report = report,
            TrainTime = report.Elapsed,
        };
    }

    public ModelFigures ToFigures() => new(Model, Bma, Seed)
    {
        Epochs = Report?.History.Count ?? 0,
        BestEpoch = Report?.BestEpoch ?? 0,
        SecondsPerEpoch = Report?.History.Average(e => e.TrainingTime.TotalSeconds) ?? 0,
        TrainSeconds = TrainTime.TotalSeconds,
        EvaluateSeconds = Test.Elapsed.TotalSeconds,
        Valid = Values(Validation),
        Test = Values(Test),
    };

    private static Dictionary<string, double> Values(EvaluationResult result)
        => result.Metrics.ToDictionary(m => m.Key.ToString(), m => m.Value);
}
