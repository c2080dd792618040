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
            signal.Cancel = true;
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
        double recall = report.EvaluateTest(stop.Token)[DRepMRec.Evaluation.RankingMetric.Recall(20)];
        Recommender recommender = report.BuildRecommender();
        if (collective.Rank > 0)
            return;
        recommender.Save(file);
        Console.WriteLine(FormattableString.Invariant(
            $"{collective.Size} processes: best epoch {report.BestEpoch}, test Recall@20 {recall:F4}, {Path.GetFullPath(file)}"));
    }
}
