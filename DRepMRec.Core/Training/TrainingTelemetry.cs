using System.Diagnostics;
using System.Diagnostics.Metrics;
using DRepMRec.Data;

namespace DRepMRec.Training;

/// <summary>Measures trainings, if somebody listens.</summary>
internal static class TrainingTelemetry
{
    private const string DatasetTag = "drepmrec.dataset";
    private const string EpochTag = "drepmrec.epoch";

    private static readonly Counter<long> Epochs = DRepMRecTelemetry.Meter.CreateCounter<long>(
        "drepmrec.training.epochs", "{epoch}", "Epochs that were trained.");

    private static readonly Gauge<double> Loss = DRepMRecTelemetry.Meter.CreateGauge<double>(
        "drepmrec.training.loss", "1", "The mean of a loss over the last epoch.");

    private static readonly Gauge<double> Validation = DRepMRecTelemetry.Meter.CreateGauge<double>(
        "drepmrec.training.validation", "1", "A metric on the validation set after the last epoch that was evaluated.");

    private static readonly Gauge<double> Speed = DRepMRecTelemetry.Meter.CreateGauge<double>(
        "drepmrec.training.speed", "{interaction}/s", "Interactions per second over the last epoch, without validation.");

    public static Activity? StartTraining(RecDataset data, TrainerOptions options)
        => DRepMRecTelemetry.Activities.StartActivity("drepmrec.train")
            ?.SetTag(DatasetTag, data.Name).SetTag("drepmrec.epochs", options.MaxEpochs);

    public static Activity? StartEpoch(int epoch)
        => DRepMRecTelemetry.Activities.StartActivity("drepmrec.train.epoch")?.SetTag(EpochTag, epoch);

    /// <param name="data">What is trained on.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="speed">Its interactions per second; NaN where this process had no batch of it to do.</param>
    public static void EpochDone(RecDataset data, EpochReport epoch, double speed)
    {
        KeyValuePair<string, object?> dataset = new(DatasetTag, data.Name);
        Epochs.Add(1, dataset);
        if (double.IsFinite(speed))
            Speed.Record(speed, dataset);
        foreach (var (name, value) in epoch.Losses)
            Loss.Record(value, dataset, new("drepmrec.loss", name));
        foreach (var (metric, value) in epoch.Validation?.Metrics ?? new Dictionary<Evaluation.RankingMetric, double>())
            Validation.Record(value, dataset, new("drepmrec.metric", metric.ToString()));
    }
}
