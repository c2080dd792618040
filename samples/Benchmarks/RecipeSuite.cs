using System.Globalization;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Training;

namespace Benchmarks;

/// <summary>
/// Trains LightGCN to its end, at the usual batch size and by the recipe for large graphs: what the recipe costs in quality, and what it
/// saves in time.
/// </summary>
internal static class RecipeSuite
{
    public static void Run(Arguments options, Report report, CancellationToken cancellation)
    {
        RecDataset data = options.Load();
        var usual = new TrainerOptions { Threads = options.Threads, MaxEpochs = options.Quick ? 3 : 1000, BatchSize = 2048 };
        TrainerOptions recipe = LargeGraphRecipe.Options(data.Train.Count, usual with { BatchSize = null });
        if (recipe.BatchSize is null)
            report.Note($"  the recipe changes nothing on {data.Name}: it is for larger graphs.");
        foreach (TrainerOptions trainer in recipe.BatchSize is null ? [usual] : new[] { usual, recipe })
        {
            using var model = DRepMRecModel.Create(data, DRepMRecOptions.LightGcn);
            TrainingReport trained = new Trainer(model, data, trainer with { KeepFreedMemory = true }).Fit(cancellationToken: cancellation);
            report.Add(FormattableString.Invariant($"LightGCN on {data.Name}, batch {trainer.BatchSize}, to the end"),
                new Timing([trained.Elapsed.TotalMilliseconds]));
            report.Note(string.Create(CultureInfo.InvariantCulture,
                $"  test Recall@20 {trained.EvaluateTest(cancellation)[RankingMetric.Recall(20)]:F4}, validation "
                + $"{trained.Validation![RankingMetric.Recall(20)]:F4}; best epoch {trained.BestEpoch} of {trained.History.Count}; "
                + $"learning rate {trainer.Adam.LearningRate:G3}; training {trained.History.Sum(e => e.TrainingTime.TotalSeconds):F1} s, "
                + $"validation {trained.History.Sum(e => e.EvaluationTime.TotalSeconds):F1} s"));
        }
    }
}
