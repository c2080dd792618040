using System.Diagnostics;
using DRepMRec.Evaluation;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Training;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec;

// The epochs of a training.
public sealed partial class Trainer
{
    private void Run(
        TrainingState state, ModelEvaluator evaluator, TrainingPeers peers, Action save, IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        var sampler = new BatchSampler(_data.Train, _model.Loss, _options.Negatives, _options.BatchSize, _options.Seed)
        {
            MaxPerUser = _options.InteractionsPerUser,
        };
        int every = _options.Checkpoint?.EveryEpochs ?? int.MaxValue;
        while (!state.IsComplete)
        {
            using Activity? activity = TrainingTelemetry.StartEpoch(state.Epoch);
            try
            {
                RunEpoch();
            }
            catch (Exception e)
            {
                activity.Fail(e);
                throw;
            }
        }

        void RunEpoch()
        {
            int epoch = state.Epoch;
            double speed = TrainEpoch(state, sampler, peers, progress, cancellationToken);
            TimeSpan trained = state.Elapsed - state.EpochStart;
            bool validates = _data.Validation.Count > 0 && (epoch % _options.EvaluateEvery == 0 || epoch == _options.MaxEpochs);
            EvaluationResult? validation = validates ? Validate(state, evaluator, cancellationToken) : null;
            if (validation is null && (epoch % every == 0 || epoch == _options.MaxEpochs))
                TrainingDivergedException.ThrowIfSpoiled(state, _model, peers);
            bool best = state.CompleteEpoch(validation, trained);
            if (peers.IsFirst)
                LogEpoch(state.History[^1], best);
            TrainingTelemetry.EpochDone(_data, state.History[^1], speed);
            if (epoch % every == 0 || state.IsComplete)
                save();
            progress?.Report(state.Progress(epoch, sampler.BatchCount, sampler.BatchCount, state.History[^1].Losses, validation, best));
            state.LeaveOut(state.EpochStart);
        }
    }

    /// <returns>The interactions per second, of those batches that this process has done; NaN where it had none to do.</returns>
    private double TrainEpoch(
        TrainingState state, BatchSampler sampler, TrainingPeers peers, IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        _model.train();
        _model.BeginEpoch(state.Epoch);
        double rate = _options.Adam.LearningRate * _options.Schedule.Factor(state.Epoch, _options.MaxEpochs);
        int number = 0;
        long start = Stopwatch.GetTimestamp(), interactions = 0;
        foreach (TrainingBatch batch in sampler.Epoch(state.Epoch, _model.Prepare))
        {
            if (number++ < state.Batch)
            {
                start = Stopwatch.GetTimestamp();
                continue; // Done before the checkpoint.
            }

            peers.ThrowIfCancelled(cancellationToken);
            using DisposeScope scope = NewDisposeScope();
            state.Optimizer.ZeroGradients();
            StepLoss loss = _model.ComputeLoss(batch, _options.L2);
            if (interactions == 0)
                state.ThrowIfLeftOut();
            TrainingDivergedException.ThrowIfDiverged(state, loss.Values);
            Backpropagation.Run(loss.Total);
            state.Optimizer.Step(rate);
            state.CompleteBatch(loss);
            interactions += batch.Count;
            if (number < sampler.BatchCount && progress is not null)
            {
                TimeSpan before = state.Elapsed;
                progress.Report(state.Progress(state.Epoch, number, sampler.BatchCount, state.Losses.ToDictionary()));
                state.LeaveOut(before);
            }
        }

        return interactions == 0 ? double.NaN : interactions / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Says which columns this process has, and gives what is logged its rank.</summary>
    private IDisposable? BeginRank()
    {
        if (_model.BehaviorEncoder.Columns is not { } columns)
            return null;
        int rank = columns.Collective.Rank, size = columns.Collective.Size;
        IDisposable? scope = _logger.BeginScope("Process {Rank} of {Size}", rank, size);
        _logger.Columns(rank, size, columns.First, columns.First + columns.Count - 1, columns.Dimension);
        return scope;
    }

    private EvaluationResult Validate(TrainingState state, ModelEvaluator evaluator, CancellationToken cancellationToken)
    {
        try
        {
            return evaluator.Evaluate(_model, EvaluationTarget.Validation, cancellationToken);
        }
        catch (NotFiniteNumberException exception)
        {
            throw new TrainingDivergedException(state, exception);
        }
    }

    private void LogEpoch(EpochReport epoch, bool best)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            _logger.EpochDone(epoch.Epoch,
                string.Join(", ", epoch.Losses.Select(l => FormattableString.Invariant($"{l.Key} {l.Value:F4}"))), _options.StoppingMetric,
                epoch.Validation?[_options.StoppingMetric], best ? " (best)" : "", epoch.TrainingTime.TotalSeconds);
        }
    }
}
