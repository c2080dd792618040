using System.Diagnostics;
using System.Globalization;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;
using DRepMRec.Training;

namespace Benchmarks;

/// <summary>
/// How far one machine reaches: a file of many interactions is loaded as a stream, LightGCN trains by the recipe for large graphs, a sample
/// of the users is evaluated, and many users get their lists; with the memory of each stage at its peak.
/// </summary>
internal static class ReachSuite
{
    private const int EvaluatedUsers = 5_000;
    private const int ListLength = 20;

    public static void Run(Arguments options, Report report, CancellationToken cancellation)
    {
        using Parallelism.Scope threads = Parallelism.Use(options.Threads);
        Console.WriteLine($"{"",-44} {"seconds",9} {"peak MB",9}");
        var stages = new List<ReachStage>();
        string file = Path.GetTempFileName();
        try
        {
            Stage("writing the file", () => ReachFile.Write(file, options.Interactions));
            RecDataset data = Stage("loading it, split at random", () => RecDataset.LoadDelimited(file, ReachFile.Layout));
            report.Note(data.ToString()!);
            data = Stage("a sample of the test users", () => Sample(data));
            TrainerOptions trainer = LargeGraphRecipe.Options(data.Train.Count) with
            {
                MaxEpochs = 1,
                Threads = options.Threads,
                KeepFreedMemory = true,
            };
            using DRepMRecModel model = Stage("the graph and the model", () => DRepMRecModel.Create(data, DRepMRecOptions.LightGcn));
            Stage($"training, batches of {trainer.BatchSize}", () => Train(model, data, trainer, options.Steps, report, cancellation));
            Stage($"evaluation of {EvaluatedUsers:N0} users", () => Evaluate(model, data, options, report, cancellation));
            Recommender recommender = Stage("the served model", () => model.BuildRecommender(data));
            Stage("lists", () => Rank(recommender, options, report, cancellation).GetAwaiter().GetResult());
        }
        finally
        {
            File.Delete(file);
        }

        report.Keep("reach", stages);

        T Stage<T>(string name, Func<T> action)
        {
            cancellation.ThrowIfCancellationRequested();
            PeakMemory.Reset();
            long start = Stopwatch.GetTimestamp();
            T result = action();
            var stage = new ReachStage(name, Stopwatch.GetElapsedTime(start).TotalSeconds, PeakMemory.Megabytes());
            stages.Add(stage);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-44} {stage.Seconds,9:F1} {stage.PeakMegabytes,9:F0}"));
            return result;
        }
    }

    /// <summary>The dataset without validation, and with the test interactions of some users alone.</summary>
    private static RecDataset Sample(RecDataset data)
    {
        int users = data.Users.Count, items = data.Items.Count, step = Math.Max(1, users / EvaluatedUsers);
        List<(int, int)> pairs = [];
        for (int user = 0; user < users; user += step)
        {
            foreach (int item in data.Test.ItemsOf(user))
                pairs.Add((user, item));
        }

        var splits = new InteractionSplits(data.Train, new InteractionSet(users, items, []), new InteractionSet(users, items, pairs));
        return new RecDataset(data.Name, data.Users, data.Items, splits);
    }

    /// <summary>As many steps of an epoch as are wanted, which say how long the whole takes.</summary>
    private static int Train(
        DRepMRecModel model, RecDataset data, TrainerOptions options, int steps, Report report, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = new StepWatch(steps, stop);
        try
        {
            new Trainer(model, data, options).Fit(watch, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
        }

        report.Note(string.Create(CultureInfo.InvariantCulture,
            $"  {watch.Steps} of {watch.Batches} steps, {watch.SecondsPerStep:F2} s each "
            + $"without the first: {watch.SecondsPerStep * watch.Batches:F0} s an epoch"));
        return watch.Steps;
    }

    private static double Evaluate(DRepMRecModel model, RecDataset data, Arguments options, Report report, CancellationToken cancellation)
    {
        var metric = RankingMetric.Recall(ListLength);
        var evaluator = new Evaluator(new EvaluationOptions { Metrics = [metric], Threads = options.Threads });
        using UserItemEmbeddings rows = model.Embed();
        double value = evaluator.Evaluate(EmbeddingScorer.Of(rows), data, EvaluationTarget.Test, cancellation)[metric];
        report.Note(string.Create(CultureInfo.InvariantCulture, $"  {metric} {value:F5}"));
        return value;
    }

    private static async Task<int> Rank(Recommender recommender, Arguments options, Report report, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        var all = new RecommendAllOptions
        {
            Users = [.. recommender.Users.Take(options.Users)],
            Threads = options.Threads,
            Request = new RecommendationRequest { Count = ListLength },
        };
        int lists = 0;
        await foreach (var _ in recommender.RecommendAllAsync(all, cancellationToken: cancellation))
            lists++;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        report.Note(string.Create(CultureInfo.InvariantCulture,
            $"  {lists:N0} lists of {ListLength} among {recommender.Items.Count:N0} items, {lists / seconds:F0} a second: "
            + $"{1e6 / lists * seconds:F0} s for a million users"));
        return lists;
    }

    /// <summary>Times steps after the first, and stops after some.</summary>
    private sealed class StepWatch(int most, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        private long _first;
        private long _last;

        public int Steps { get; private set; }

        public int Batches { get; private set; }

        public double SecondsPerStep => Stopwatch.GetElapsedTime(_first, _last).TotalSeconds / Math.Max(1, Steps - 1);

        public void Report(TrainingProgress value)
        {
            _last = Stopwatch.GetTimestamp();
            if (Steps++ == 0)
                _first = _last;
            Batches = value.Batches;
            if (most > 0 && Steps >= most)
                stop.Cancel();
        }
    }
}
