using System.Diagnostics;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Trains a model on a dataset: batches, negatives, loss, Adam, validation, early stopping, and the best weights at the end.</summary>
/// <remarks>Training runs on the calling thread. Not safe for use by many threads; the model and the dataset stay the caller's.</remarks>
public sealed class Trainer
{
    private readonly DRepMRecModel _model;
    private readonly RecDataset _data;
    private readonly TrainerOptions _options;
    private readonly ILogger _logger;

    /// <summary>Creates a trainer.</summary>
    /// <param name="model">The model to train.</param>
    /// <param name="data">The dataset that the model was made for.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="logger">Where epochs and the reason for stopping are logged, if anywhere.</param>
    /// <exception cref="ArgumentException">The model was made for another dataset, or the dataset has no training interactions.</exception>
    public Trainer(DRepMRecModel model, RecDataset data, TrainerOptions? options = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        if (model.Graph.UserCount != data.Users.Count || model.Graph.ItemCount != data.Items.Count || !ReferenceEquals(model.Graph.Interactions, data.Train))
            throw new ArgumentException($"The model was made for another training set ({model.Graph}); the dataset has {data.Users.Count} users, {data.Items.Count} items, {data.Train.Count} training interactions.", nameof(data));
        if (data.Train.Count == 0)
            throw new ArgumentException("Expected at least one training interaction, got none.", nameof(data));
        _model = model;
        _data = data;
        _options = options ?? new TrainerOptions();
        _logger = logger ?? NullLogger.Instance;
    }

    /// <summary>Trains until early stopping or the last epoch. The model ends with the weights of its best validation epoch; without validation interactions, with the last ones.</summary>
    /// <param name="progress">Told after each batch and each evaluation.</param>
    /// <param name="cancellationToken">Stops within a batch. The model then has the weights of its best validation epoch so far, or the current ones if none was evaluated.</param>
    /// <returns>What happened, with the model's best validation figures.</returns>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    /// <exception cref="TrainingDivergedException">A loss isn't finite.</exception>
    public TrainingReport Fit(IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Parallelism.Threads = _options.Threads;
        set_num_threads(1);
        using var weights = new BestWeights(_model);
        var stopping = new EarlyStopping(_options.StoppingMetric, _options.Patience);
        var history = new List<EpochReport>();
        var clock = Stopwatch.StartNew();
        try
        {
            Run(progress, weights, stopping, history, clock, cancellationToken);
        }
        finally
        {
            weights.Restore();
            _model.EndTraining();
            _model.eval();
        }

        LogEnd(stopping, history);
        return new TrainingReport(_model, _data, _options, history, stopping.BestEpoch ?? history.Count, clock.Elapsed);
    }

    private void Run(IProgress<TrainingProgress>? progress, BestWeights weights, EarlyStopping stopping, List<EpochReport> history, Stopwatch clock, CancellationToken cancellationToken)
    {
        using var optimizer = new AdamOptimizer(_model.parameters(), _options.Adam);
        var sampler = new BatchSampler(_data.Train, _model.Loss, _options.Negatives, _options.BatchSize, _options.Seed);
        var evaluator = new ModelEvaluator(_data, _options);
        bool validates = _data.Validation.Count > 0;
        for (int epoch = 1; epoch <= _options.MaxEpochs && !stopping.ShouldStop; epoch++)
        {
            TimeSpan started = clock.Elapsed;
            LossMeans losses = TrainEpoch(epoch, sampler, optimizer, progress, clock, cancellationToken);
            TimeSpan trained = clock.Elapsed;
            EvaluationResult? validation = null;
            bool best = false;
            if (validates && (epoch % _options.EvaluateEvery == 0 || epoch == _options.MaxEpochs))
            {
                validation = evaluator.Evaluate(_model, EvaluationTarget.Validation, cancellationToken);
                best = stopping.Update(epoch, validation);
                if (best)
                    weights.Take();
            }

            history.Add(new EpochReport(epoch, losses.ToDictionary(), validation, trained - started, clock.Elapsed - trained));
            progress?.Report(new TrainingProgress(epoch, _options.MaxEpochs, sampler.BatchCount, sampler.BatchCount, losses.ToDictionary(), validation, best, clock.Elapsed));
            LogEpoch(history[^1], best);
        }
    }

    private LossMeans TrainEpoch(int epoch, BatchSampler sampler, AdamOptimizer optimizer, IProgress<TrainingProgress>? progress, Stopwatch clock, CancellationToken cancellationToken)
    {
        _model.train();
        _model.BeginEpoch(epoch);
        double rate = _options.Adam.LearningRate * _options.Schedule.Factor(epoch, _options.MaxEpochs);
        var losses = new LossMeans();
        int number = 0;
        foreach (TrainingBatch batch in sampler.Epoch(epoch, DeviceOf(_model)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            using TrainingBatch current = batch;
            using DisposeScope scope = NewDisposeScope();
            optimizer.ZeroGradients();
            StepLoss loss = StepLoss.Compute(_model, batch, _options.L2);
            losses.Add(loss.Values);
            if (loss.Values.Values.Any(v => !double.IsFinite(v)))
                throw new TrainingDivergedException(epoch, number, loss.Values);
            loss.Total.backward();
            optimizer.Step(rate);
            if (number < sampler.BatchCount)
                progress?.Report(new TrainingProgress(epoch, _options.MaxEpochs, number, sampler.BatchCount, losses.ToDictionary(), null, false, clock.Elapsed));
        }

        return losses;
    }

    private static Device DeviceOf(DRepMRecModel model) => model.parameters().FirstOrDefault()?.device ?? CPU;

    private void LogEpoch(EpochReport epoch, bool best)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            _logger.LogInformation("Epoch {Epoch}: {Losses}; validation {Metric} {Value}{Best}; {Seconds:F2} s", epoch.Epoch,
                string.Join(", ", epoch.Losses.Select(l => FormattableString.Invariant($"{l.Key} {l.Value:F4}"))), _options.StoppingMetric,
                epoch.Validation?[_options.StoppingMetric], best ? " (best)" : "", epoch.TrainingTime.TotalSeconds);
        }
    }

    private void LogEnd(EarlyStopping stopping, List<EpochReport> history)
        => _logger.LogInformation("Stopped after epoch {Epoch}; best epoch {Best} with {Metric} {Value}", history.Count, stopping.BestEpoch, _options.StoppingMetric, stopping.BestValue);
}
