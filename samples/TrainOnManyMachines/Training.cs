using System.Runtime.InteropServices;
using DRepMRec;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Training;
using Microsoft.Extensions.Logging;

namespace TrainOnManyMachines;

/// <summary>A training on all processes. SIGTERM or Ctrl+C to any of them stops all, with a checkpoint to go on from.</summary>
internal static class Training
{
    public static void Run(Setup setup, int threads, TimeSpan timeout, int epochs, string? checkpoint, string file)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // Launchers send more than one.
            stop.Cancel();
        }

        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using ILoggerFactory logs = LoggerFactory.Create(logging => logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.IncludeScopes = true;
        }));
        using ICollective collective = MpiCollective.Start(timeout);
        byte[] lacking = new byte[collective.Size];
        bool lacks = collective.Rank == 0 && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file)));
        collective.AllGather([lacks ? (byte)1 : (byte)0], lacking, [.. Enumerable.Repeat(1, collective.Size)]);
        if (lacking[0] != 0)
            throw new IOException($"--model: the folder of '{file}' doesn't exist on the machine of rank 0.");
        RecDataset data = setup.Data();
        using DRepMRecModel model = setup.Create(data, collective);
        TrainingReport report = new Trainer(model, data, new TrainerOptions
        {
            MaxEpochs = epochs,
            Threads = threads,
            Evaluation = new DRepMRec.Evaluation.EvaluationOptions { Threads = threads },
            Checkpoint = checkpoint is null ? null : new CheckpointOptions { Path = checkpoint },
        }, logs.CreateLogger("Training")).Fit(cancellationToken: stop.Token);

        // All processes take part in what reads whole tables; one of them has it to say.
        double? recall = data.Test.Count > 0 ? report.EvaluateTest(stop.Token)[DRepMRec.Evaluation.RankingMetric.Recall(20)] : null;
        Recommender recommender = report.BuildRecommender();
        if (collective.Rank > 0)
            return;
        recommender.Save(file);
        string test = recall is null ? "no test set" : FormattableString.Invariant($"test Recall@20 {recall:F4}");
        Console.WriteLine($"{collective.Size} processes: best epoch {report.BestEpoch}, {test}, {Path.GetFullPath(file)}");
    }
}
