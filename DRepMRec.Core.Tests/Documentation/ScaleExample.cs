using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using Microsoft.Extensions.Logging;

namespace DRepMRec.Tests.Documentation;

/// <summary>The code of docs/scale.md, run where no launcher is needed.</summary>
public sealed class ScaleExample
{
    [Fact]
    public void Threads_train_together()
    {
        RecDataset data = Samples.Checkerboard(20, 20, features: false);
        var options = new DRepMRecOptions { EmbeddingDim = 32 };
        var trainerOptions = new TrainerOptions { MaxEpochs = 1, Threads = 1 };
        TrainingReport[] reports = InProcessCollective.Run(2, collective =>
        {
            using DRepMRecModel model = DRepMRecModel.Create(data, options, collective);
            return new Trainer(model, data, trainerOptions).Fit();
        });
        reports[1].History.Single().Losses.Should().Equal(reports[0].History.Single().Losses);
    }

    // Under mpirun, one process of a test isn't alone: samples/TrainOnManyMachines runs this.
    internal static void Train(
        RecDataset data, DRepMRecOptions options, TrainerOptions trainerOptions, ILogger logger, IProgress<TrainingProgress> progress,
        CancellationTokenSource stop)
    {
        using ICollective collective = MpiCollective.Start(TimeSpan.FromMinutes(2));
        using DRepMRecModel model = DRepMRecModel.Create(data, options, collective);
        TrainingReport report = new Trainer(model, data, trainerOptions, logger).Fit(progress, stop.Token);
        Recommender recommender = report.BuildRecommender();
        if (collective.Rank == 0)
            recommender.Save("model.drepmrec");
    }
}
