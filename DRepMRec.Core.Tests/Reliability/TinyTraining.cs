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
    /// <param name="model">The model.</param>
    /// <param name="checkpoint">Its checkpoint, or <see langword="null"/> for none.</param>
    /// <param name="epochs">The number of epochs.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <param name="stopAfter">The batch, from 1 over all epochs, that the training is cancelled after; 0 for none.</param>
    public static string Run(
        string model, string? checkpoint, int epochs = 40, CancellationToken cancellation = default, int stopAfter = 0)
    {
        using var features = new ModalFeatures(Data.Features);
        using DRepMRecModel created = Models.Create(model, Data, features);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        int batches = 0;
        var progress = new Immediate<TrainingProgress>(_ =>
        {
            if (++batches == stopAfter)
                source.Cancel();
        });
        TrainerOptions options = Options(epochs);
        if (checkpoint is not null)
            options = options with { Checkpoint = new CheckpointOptions { Path = checkpoint } };
        return Fingerprint.Of(created, new Trainer(created, Data, options).Fit(progress, source.Token));
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
