using DRepMRec.Data;
using DRepMRec.Training;

namespace DRepMRec.Tests.Documentation;

/// <summary>The example of docs/reliability.md.</summary>
internal static class CheckpointExample
{
    public static void Run(DRepMRecModel model, RecDataset data, CancellationToken cancellationToken)
    {
        var options = new TrainerOptions { Checkpoint = new CheckpointOptions { Path = "tiktok.checkpoint" } };
        TrainingReport report = new Trainer(model, data, options).Fit(cancellationToken: cancellationToken);
        Console.WriteLine(report.Validation);
    }
}
