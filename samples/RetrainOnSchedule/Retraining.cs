using Common;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Hosting;
using DRepMRec.Serving;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RetrainOnSchedule;

/// <param name="Every">The time from the beginning of a training to that of the next.</param>
/// <param name="Rounds">How often to train.</param>
/// <param name="Model">The file to publish to.</param>
internal sealed record Schedule(TimeSpan Every, int Rounds, string Model)
{
    /// <summary>Whether there were rounds and each of them failed, or none could begin.</summary>
    public bool AllFailed { get; set; }
}

/// <summary>
/// Trains on what there is by now, and publishes the model unless the one that is served is better on the newest interactions.
/// </summary>
internal sealed partial class Retraining(
    Schedule schedule, Shop shop, IRecommenderProvider served, ILogger<Retraining> logger, ILoggerFactory logs,
    IHostApplicationLifetime application)
    : BackgroundService
{
    // What is served knows what was held out too, and leaves it out of its lists; what is measured is the model before that.
    private readonly Publication _files = new(schedule.Model);

    /// <summary>The longest time between two rounds.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(49);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await TrainAsync(stoppingToken);
        }
        catch when (!stoppingToken.IsCancellationRequested)
        {
            schedule.AllFailed = true; // The host says why, and ends.
            throw;
        }
    }

    private async Task TrainAsync(CancellationToken stoppingToken)
    {
        using FileStream alone = RunLock.Take(schedule.Model); // Two that publish at once would mix their pairs.
        using var timer = new PeriodicTimer(schedule.Every);
        _files.Recover();
        bool anySucceeded = false;
        for (int round = 1; round <= schedule.Rounds; round++)
        {
            try
            {
                await Task.Run(() => RetrainAsync(round, stoppingToken), stoppingToken);
                anySucceeded = true;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested && e is not TorchBackendException)
            {
                LogFailed(e, round);
            }

            schedule.AllFailed = !anySucceeded;

            if (round < schedule.Rounds)
                await timer.WaitForNextTickAsync(stoppingToken);
        }

        application.StopApplication();
    }

    /// <summary>The served model as it was measured; not mapped, as a file that is can't be replaced on every system.</summary>
    private Recommender? ToCompare() => File.Exists(_files.Measured)
        ? Recommender.Load(_files.Measured, new RecommenderLoadOptions { MemoryMap = false })
        : served.Status.LoadedAt is null ? null : served.Current;

    private async Task RetrainAsync(int round, CancellationToken stop)
    {
        RecDataset data = shop.Read();

        // Small rows, large steps and little patience, so that a round takes seconds: a shop takes Model and Training of
        // DRepMRecPreset.For(data) as they are.
        using DRepMRecModel model = DRepMRecModel.Create(data, DRepMRecPreset.For(data).Model with { EmbeddingDim = 32 });
        var options = new TrainerOptions { MaxEpochs = 40, BatchSize = 1024, Patience = 5, Adam = new() { LearningRate = 0.005 } };
        var trainer = new Trainer(model, data, options, logs.CreateLogger<Trainer>());
        Recommender candidate = trainer.Fit(cancellationToken: stop).BuildRecommender(new RecommenderOptions { IncludeRefresh = true });
        Verdict verdict = Verdict.Of(ToCompare(), candidate, data);
        if (!verdict.Publishes)
        {
            LogRefused(round, verdict.Reason);
            return;
        }

        Recommender next = candidate.WithInteractions([.. data.ToInteractions().Where(i => i.Label > 0)]);
        _files.Publish(candidate.Save, next.Save);
        await served.ReloadAsync(stop);
        LogPublished(round, verdict.Reason);
    }

    [LoggerMessage(1, LogLevel.Information, "Round {Round} is published: {Reason}")]
    private partial void LogPublished(int round, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Round {Round} is refused: {Reason}")]
    private partial void LogRefused(int round, string reason);

    [LoggerMessage(3, LogLevel.Error, "Round {Round} failed; what is served stays")]
    private partial void LogFailed(Exception exception, int round);
}
