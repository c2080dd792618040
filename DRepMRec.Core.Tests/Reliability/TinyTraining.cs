using System.Runtime.InteropServices;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Tests.Support;
using DRepMRec.Training;

namespace DRepMRec.Tests.Reliability;

/// <summary>A training of a second or two, in this process or as a process of its own that can be killed.</summary>
internal static class TinyTraining
{
    public const string Ready = "ready";
    public const int Stopped = 130;

    private static readonly Lazy<RecDataset> Lazy =
        new(() => SyntheticDataset.Create(new SyntheticOptions { Users = 150, Items = 100, Clusters = 5 }).Data);

    public static RecDataset Data => Lazy.Value;

    /// <summary>Trains and gives a checksum of all weights and figures.</summary>
    public static string Run(string model, string? checkpoint, int epochs = 40, CancellationToken cancellation = default)
    {
        using var features = new ModalFeatures(Data.Features);
        using DRepMRecModel created = Models.Create(model, Data, features);
        return Fingerprint.Of(created,
            new Trainer(created, Data,
            Options(epochs) with { Checkpoint = checkpoint is null ? null : new CheckpointOptions { Path = checkpoint } }).Fit(null,
            cancellation));
    }

    public static TrainerOptions Options(int epochs) => new()
    {
        MaxEpochs = epochs,
        BatchSize = 256,
        Patience = epochs,
        Adam = new AdamOptions { LearningRate = 0.01 },
        StoppingMetric = RankingMetric.Recall(20),
        Threads = 2,
    };

    /// <summary>
    /// What the process does: says when it begins, trains, prints the checksum. SIGTERM stops it as it would an application that listens to
    /// it.
    /// </summary>
    public static int AsProcess(string model, string checkpoint, int epochs)
    {
        using var source = new CancellationTokenSource();
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            source.Cancel();
        });
        _ = Data;
        Console.WriteLine(Ready);
        try
        {
            Console.WriteLine(Run(model, checkpoint, epochs, source.Token));
            return 0;
        }
        catch (OperationCanceledException)
        {
            return Stopped;
        }
    }
}
