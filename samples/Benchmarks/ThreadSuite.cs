using System.Diagnostics;
using System.Globalization;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Losses;
using DRepMRec.Training;

namespace Benchmarks;

/// <summary>How epochs and evaluation scale: each with several numbers of threads in turn, and what Amdahl's law makes of it.</summary>
internal static class ThreadSuite
{
    private const int EpochsPerTurn = 2;
    private static readonly int[] Foreseen = [2, 4, 8, 16, 32];

    public static void Run(Arguments options, Report report, CancellationToken cancellation)
    {
        RecDataset data = WithoutValidation(options.Load());
        report.Note($"{EpochSuite.Describe(data)}; threads {string.Join(", ", options.ThreadCounts)} in turn");
        Console.WriteLine($"{"",-26} {"threads",7} {"median ms",10} {"fastest",9} {"times",6} {"cpu ms",9} {"more cpu",9} "
            + $"{"serial ms",10}");
        List<ScalingPart> parts = [];
        foreach (var (name, create) in Parts(data))
        {
            cancellation.ThrowIfCancellationRequested();
            if (options.Part is { } wanted && !name.Contains(wanted, StringComparison.OrdinalIgnoreCase))
                continue;
            ScalingPart part = Measure(name, create, options);
            part.Print();
            parts.Add(part);
        }

        if (parts.Count == 0)
        {
            throw new ArgumentException(
                $"--part: expected some of {string.Join(", ", Parts(data).Select(part => part.Item1))}; got '{options.Part}'.");
        }

        Console.WriteLine($"what the serial share foresees (Amdahl), times one thread: {"serial",9} "
            + string.Concat(Foreseen.Select(n => string.Create(CultureInfo.InvariantCulture, $"{n,6}"))));
        foreach (ScalingPart part in parts)
            part.PrintForeseen(Foreseen);
        Console.WriteLine("how much more than one the machine gets done of it, side by side and apart, with one thread each:");
        foreach (ScalingPart part in parts)
            part.PrintRoom();
        report.Keep("scaling", parts);
    }

    // Trainings would end with an evaluation.
    private static RecDataset WithoutValidation(RecDataset data)
    {
        InteractionSplits splits = data.Splits with { Validation = new InteractionSet(data.Users.Count, data.Items.Count, []) };
        return new RecDataset(data.Name, data.Users, data.Items, splits, data.Features);
    }

    private static ScalingPart Measure(string name, Func<Work> create, Arguments options)
    {
        var turns = options.ThreadCounts.ToDictionary(n => n, _ => new List<Turn>());
        List<Turn> beside = [];
        Work[] copies = [.. Enumerable.Range(0, Math.Min(options.ThreadCounts.Max(), Environment.ProcessorCount)).Select(_ => create())];
        try
        {
            // Code is compiled anew once it has run for a while, and the first number of threads must not pay for that.
            for (int n = 0; n < (options.Quick ? 0 : 2); n++)
                copies[0].Measure(options.Threads);
            long start = Stopwatch.GetTimestamp();
            do
            {
                foreach (int threads in options.ThreadCounts)
                    turns[threads].AddRange(copies[0].Measure(threads));
                if (copies.Length > 1)
                    beside.AddRange(SideBySide(copies));
            }
            while (!options.Quick && Stopwatch.GetElapsedTime(start).TotalSeconds < options.Seconds);
        }
        finally
        {
            foreach (Work copy in copies)
                copy.Owned?.Dispose();
        }

        return ScalingPart.Of(name, turns, beside, copies.Length);
    }

    /// <summary>As many of the same as there are processors, each with one thread, at once: nothing is shared but the machine.</summary>
    private static IEnumerable<Turn> SideBySide(Work[] copies)
    {
        using var together = new Barrier(copies.Length);
        var turns = new IReadOnlyList<Turn>[copies.Length];
        Thread[] threads =
        [
            .. copies.Select((copy, n) => new Thread(() =>
            {
                together.SignalAndWait();
                turns[n] = copy.Measure(1);
            })),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return turns.SelectMany(t => t);
    }

    private static IEnumerable<(string Name, Func<Work> Create)> Parts(RecDataset data)
    {
        using ModalFeatures? features = data.Features.Count > 0 ? new ModalFeatures(data.Features) : null;
        var bpr = new DRepMRecOptions { Loss = new RankingLoss.Bpr(), UseModalLine = false };
        List<(string, Func<DRepMRecModel>)> models =
        [
            ("LightGCN", () => DRepMRecModel.Create(data, DRepMRecOptions.LightGcn)),
            ("LightGCN, softmax",
                () => DRepMRecModel.Create(data, DRepMRecOptions.LightGcn with { Loss = new RankingLoss.SampledSoftmax() })),
        ];
        if (features is not null)
        {
            models.InsertRange(0,
            [
                ("DRepMRec (default)", () => DRepMRecModel.Create(data)),
                ("MGCN", () => DRepMRecModel.Create(data, new MgcnEncoder(data.Users.Count, features), bpr)),
                ("FREEDOM", () => DRepMRecModel.Create(data, new FreedomEncoder(data.Users.Count, features), bpr)),
            ]);
        }

        foreach (var (name, create) in models)
        {
            yield return (name, () =>
            {
                DRepMRecModel model = create();
                return new Work(threads => Epochs(model, data, threads), model);
            }
            );
        }

        if (data.Test.Count > 0)
            yield return ("evaluation", () => new Work(Evaluation(data), null));
    }

    /// <summary>Epochs, without the first, which warms up.</summary>
    private static IReadOnlyList<Turn> Epochs(DRepMRecModel model, RecDataset data, int threads)
    {
        using var loops = new LoopTime();
        var watch = new EpochWatch(loops);
        TrainingReport trained = new Trainer(model, data, EpochSuite.Timed(new(), EpochsPerTurn, threads)).Fit(watch);
        return
        [
            .. trained.History.Zip(watch.Epochs, (e, w) => new Turn(e.TrainingTime.TotalMilliseconds, w.Processor, w.Loops)).Skip(1),
        ];
    }

    private static Func<int, IReadOnlyList<Turn>> Evaluation(RecDataset data)
    {
        float[] users = LargeGraph.Features(data.Users.Count, 64), items = LargeGraph.Features(data.Items.Count, 64);
        return threads =>
        {
            var evaluator = new Evaluator(new EvaluationOptions { Threads = threads });
            List<Turn> turns = [];
            for (int n = 0; n < 3; n++)
            {
                using var loops = new LoopTime();
                Timing once = Timing.Once(() => evaluator.Evaluate(new EmbeddingScorer(users, items, 64), data, EvaluationTarget.Test));
                turns.Add(new Turn(once.Median, once.MedianProcessor!.Value, loops.Milliseconds));
            }

            return turns[1..];
        };
    }

    /// <summary>What is measured, with a number of threads.</summary>
    private sealed record Work(Func<int, IReadOnlyList<Turn>> Measure, IDisposable? Owned);

    /// <summary>Processor time, and time in shared loops, of each epoch: from the end of the one before.</summary>
    private sealed class EpochWatch(LoopTime loops) : IProgress<TrainingProgress>
    {
        private TimeSpan _processor = Environment.CpuUsage.TotalTime;
        private double _loops;

        public List<(double Processor, double Loops)> Epochs { get; } = [];

        public void Report(TrainingProgress value)
        {
            if (value.Batch < value.Batches)
                return;
            TimeSpan now = Environment.CpuUsage.TotalTime;
            Epochs.Add(((now - _processor).TotalMilliseconds, loops.Milliseconds - _loops));
            (_processor, _loops) = (now, loops.Milliseconds);
        }
    }
}
