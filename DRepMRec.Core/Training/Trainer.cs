using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;
using DRepMRec.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DRepMRec;

/// <summary>Trains a model on a dataset with Adam, validation and early stopping, and keeps the best weights.</summary>
/// <remarks>
/// Training runs on the calling thread. Not safe for use by many threads, but trainings of different models may run at once, if no part
/// of theirs draws from libtorch's generator, which a process has one of (a dropout of your own; the library's parts don't); the model and
/// the dataset stay the caller's. While a training runs, libtorch has one thread in the whole process; afterwards, also after an error, as
/// many as before.
/// </remarks>
/// <example>
/// <code>
/// var trainer = new Trainer(model, data, new TrainerOptions { Patience = 10 });
/// TrainingReport report = trainer.Fit();
/// </code>
/// </example>
[RequiresUnreferencedCode(Untrimmed.Message)]
public sealed partial class Trainer
{
    private readonly DRepMRecModel _model;
    private readonly RecDataset _data;
    private readonly TrainerOptions _options;
    private readonly ILogger _logger;
    private WarmStart? _start;
    private WarmStartReport? _started;
    private bool _hasLeftStart;

    /// <summary>Creates a trainer.</summary>
    /// <param name="model">The model to train.</param>
    /// <param name="data">The dataset that the model was made for.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="logger">Where epochs and the reason for stopping are logged, if anywhere.</param>
    /// <exception cref="ArgumentException">
    /// The model was made for another dataset, or the dataset has no training interactions; or <see cref="TrainerOptions.Evaluation"/>
    /// leaves none of the users of its validation set, or asks for the diversity of a modality that there isn't; or
    /// <see cref="TrainerOptions.Negatives"/> don't go with the model's loss, or weigh items beyond all numbers.
    /// </exception>
    public Trainer(DRepMRecModel model, RecDataset data, TrainerOptions? options = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        if (model.Graph.UserCount != data.Users.Count || model.Graph.ItemCount != data.Items.Count
            || !ReferenceEquals(model.Graph.Interactions, data.Train))
        {
            throw new ArgumentException(
                $"The model was made for another training set ({model.Graph}); the dataset has {data.Users.Count} users, "
                + $"{data.Items.Count} items, {data.Train.Count} training interactions.", nameof(data));
        }

        if (data.Train.Count == 0)
            throw new ArgumentException("Expected at least one training interaction, got none.", nameof(data));
        _options = (options ?? new TrainerOptions()).For(data.Train.Count);
        int users = data.Validation.Count == 0 ? 0 : Evaluator.UsersOf(data, EvaluationTarget.Validation, _options.Evaluation.Users).Length;
        if (data.Validation.Count > 0 && users == 0)
        {
            throw new ArgumentException(
                $"Expected a validation user with training interactions, because {nameof(TrainerOptions)}."
                + $"{nameof(TrainerOptions.Evaluation)}.{nameof(EvaluationOptions.Users)} is {_options.Evaluation.Users}; got none. "
                + $"Set it to {nameof(UserFilter.WithPositives)}, or train without validation.", nameof(options));
        }

        foreach (ListMetric metric in _options.Evaluation.ListMetrics)
        {
            metric.ThrowIfUnfit(data);
            _ = RankingTask.ListLength(users, Math.Min(metric.K, data.Items.Count));
        }

        BatchSampler.ThrowIfUnfit(data.Train, model.Loss, _options.Negatives, nameof(options));
        _model = model;
        _data = data;
        _logger = logger ?? NullLogger.Instance;
    }

    /// <summary>The most bytes of an array that a checkpoint or an earlier model has. Tests lower it.</summary>
    internal long LargestArray { get; init; } = TensorBytes.Limit;

    /// <summary>
    /// Gives the model the weights of an earlier one, of the same parts and options over another dataset: rows of users and items go over
    /// by id, new ones begin as the options say, all other weights go over as they are. <see cref="Fit"/> then begins from there; a
    /// checkpoint that is there has the last word. Of processes that train together all call it.
    /// </summary>
    /// <remarks>
    /// Tables with a row for each user or item are told by their number of rows. Where that is as it was, such a table of a host of your
    /// own must be the weight of an <see cref="TorchSharp.Modules.Embedding"/>, or have "embedding", "user" or "item" in its name;
    /// otherwise it goes over as it is, by place and not by id. Such tables that are frozen, or buffers, and that no earlier training is
    /// known to have changed, as content is, stay this model's own (<see cref="WarmStartReport.Kept"/>).
    /// </remarks>
    /// <param name="earlier">The earlier model, the same on all processes.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <returns>What went over. It goes into the checkpoint's fingerprint and the model file's manifest.</returns>
    /// <exception cref="ArgumentException">
    /// The earlier model has other weights, or no moments where they are asked for; this model and this trainer are as they were.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public WarmStartReport StartFrom(EarlierModel earlier, WarmStartOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        _model.ThrowIfUnusable();
        var start = new WarmStart(earlier, _model, _data, options ?? new WarmStartOptions());
        WarmStartReport started = start.Apply();
        _model.LeaveItemToItem();
        (_start, _started, _hasLeftStart) = (start, started, false);
        return started;
    }

    /// <summary>
    /// Trains until early stopping or the last epoch. The model ends with the weights of its best validation epoch; without validation
    /// interactions, with the last ones.
    /// </summary>
    /// <param name="progress">Told after each batch but the last of an epoch, and at the end of each epoch.</param>
    /// <param name="cancellationToken">
    /// Stops within a batch. The model then has the weights of its best validation epoch so far, or the current ones if none was evaluated;
    /// with <see cref="TrainerOptions.Checkpoint"/>, all that is needed to go on is in the file.
    /// </param>
    /// <returns>The course of the training, with the model's best validation figures.</returns>
    /// <remarks>
    /// With <see cref="TrainerOptions.Checkpoint"/> it goes on from the checkpoint that is there, with bit for bit the result of a training
    /// that was never stopped; if that one had come to its end, its result is there at once.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InvalidOperationException">
    /// A part returned nothing, or a loss term that isn't one, or no term leads to a weight, or weights take gradients that didn't when the
    /// training began; or the weights can't be computed with, or are too large for what <see cref="TrainerOptions.Checkpoint"/> or
    /// <see cref="TrainerOptions.KeepMoments"/> keeps.
    /// </exception>
    /// <exception cref="TrainingDivergedException">A loss isn't finite, or has grown beyond all measure.</exception>
    /// <exception cref="CheckpointMismatchException">The checkpoint is of another dataset, model or set of options.</exception>
    /// <exception cref="CheckpointFormatException">The checkpoint and its predecessor are damaged, or it's of a newer library.</exception>
    /// <exception cref="IOException">A checkpoint can't be read or written, or is another training's. The last one stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The checkpoint's folder can't be written to; nothing was done.</exception>
    public TrainingReport Fit(IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        _model.ThrowIfUnusable();
        Checkpoint.ThrowIfTooLarge(_model, _options, LargestArray);
        var peers = new TrainingPeers(_model.Collective);
        using IDisposable? rank = BeginRank();
        progress = peers.IsFirst ? progress : null;
        foreach (string note in peers.IsFirst ? _data.Notes.Concat(_model.NotesOnModalities(_data)) : [])
            _logger.DatasetNote(Shown.Name(_data.Name), note);
        if (peers.IsFirst && _model.Loss.SharesNegatives && _options.Negatives.TakesPopularityAway)
            _logger.Uncorrected();
        using Activity? activity = TrainingTelemetry.StartTraining(_data, _options);
        try
        {
            return Train(peers, progress, cancellationToken);
        }
        catch (Exception e)
        {
            activity.Fail(e);
            throw;
        }
    }

    private TrainingReport Train(TrainingPeers peers, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        using Parallelism.Scope threads = Parallelism.Use(_options.Threads);
        using IDisposable oneThread = TorchBackend.UseOneThread();
        if (_options.KeepFreedMemory)
            NativeHeap.KeepFreed();
        if (_model.Collective is not null)
            peers.ThrowIfDifferent(TrainingFingerprint.OfPeer(_model, _data, _options, _started));
        using CheckpointFile? file = OpenCheckpoint(peers);
        using var state = new TrainingState(_model, _options);
        if (!_hasLeftStart)
            _start?.ApplyMoments(state.Optimizer); // They aren't of the weights that a second training begins from.
        int firstStep = state.Optimizer.StepCount;
        var evaluator = new ModelEvaluator(_data, _options);
        Action save = () => { };
        try
        {
            if (_options.Checkpoint is not null)
            {
                Dictionary<string, string> fingerprint = TrainingFingerprint.Of(_model, _data, _options, _started);
                EvaluationProtocol protocol = evaluator.Protocol(EvaluationTarget.Validation);
                if (_options.Checkpoint.Resume
                    && Checkpoint.TryRestore(file, state, fingerprint, _options.MaxEpochs, protocol, _data.Users, peers))
                {
                    _logger.GoingOn(Shown.Name(_options.Checkpoint.Path), state.Epoch, state.Batch);
                }

                save = () => Checkpoint.Write(file, state, fingerprint, peers);
            }

            _model.LeaveItemToItem();
            _model.TrainedNames.UnionWith(_model.TrainableNames);
            try
            {
                if (UsesItemToItem)
                    _model.SolveItemToItem(_data, cancellationToken); // What can't be solved is known before hours of training.
            }
            finally
            {
                state.LeaveOut(state.ElapsedBefore); // A checkpoint was read, too.
            }

            state.Best.TakeFirst();
            Run(state, evaluator, peers, save, progress, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            save();
            throw;
        }
        catch (TrainingDivergedException)
        {
            state.Best.RestoreFirst();
            throw;
        }
        finally
        {
            state.Best.Restore();
            state.Optimizer.ZeroGradients();
            _hasLeftStart |= state.Optimizer.StepCount > firstStep;
            _model.EndTraining();
            _model.eval();
            if (_options.KeepFreedMemory)
                NativeHeap.Trim();
        }

        if (peers.IsFirst)
            _logger.Stopped(state.History.Count, state.Stopping.BestEpoch, _options.StoppingMetric, state.Stopping.BestValue);
        EvaluationResult? blended = _model.ItemToItemOptions.Enabled
            ? FitItemToItem(evaluator, state.Stopping.BestValue, peers, cancellationToken) : null;
        EarlierModel? end = _options.KeepMoments ? EarlierModel.Of(_model, _data, state.Optimizer) : null;
        int bestEpoch = state.Stopping.BestEpoch ?? state.History.Count;
        var report = new TrainingReport(_model, _data, _options, state.History, bestEpoch, state.Elapsed, blended)
        {
            Started = _started,
            End = end,
        };
        report.BetterBaselines = BaselineCheck.Better(
            report, _data, _options, peers, peers.IsFirst ? _logger : NullLogger.Instance, cancellationToken);
        return report;
    }

    private CheckpointFile? OpenCheckpoint(TrainingPeers peers)
    {
        CheckpointFile? opened = null;
        try
        {
            if (_options.Checkpoint is { } checkpoint)
            {
                peers.Together(
                    "to open the checkpoint", () => opened = peers.IsFirst ? new CheckpointFile(checkpoint.Path, _logger) : null);
            }

            return opened;
        }
        catch
        {
            opened?.Dispose(); // It is locked; a peer was lost meanwhile.
            throw;
        }
    }

    private bool UsesItemToItem
        => _model.ItemToItemOptions.Enabled && (_data.Validation.Count > 0 || _model.ItemToItemOptions.AreWeightsGiven);

    /// <summary>Puts the item-to-item part beside the trained model, with weights that validation chooses or that are given.</summary>
    /// <param name="evaluator">What measures both.</param>
    /// <param name="alone">The validation figure of the model by itself, if there is validation.</param>
    /// <param name="peers">The processes that train together.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>
    /// The validation figures of both together; <see langword="null"/> where the model stands alone, or there is no validation.
    /// </returns>
    private EvaluationResult? FitItemToItem(
        ModelEvaluator evaluator, double alone, TrainingPeers peers, CancellationToken cancellationToken)
    {
        bool hasValidation = _data.Validation.Count > 0;
        if (!UsesItemToItem)
        {
            _logger.ItemToItemLeftOut();
            return null;
        }

        peers.ThrowIfCancelled(cancellationToken);
        ItemToItemBlend blend = evaluator.FitItemToItem(_model, cancellationToken);
        peers.ThrowIfCancelled(cancellationToken);
        if (!hasValidation)
        {
            _logger.ItemToItemGiven(blend.Weight, blend.PopularityWeight);
            return null;
        }

        _logger.ItemToItemWeight(
            blend.Weight, blend.PopularityWeight, blend.Metric, blend.FigureOf(blend.Weight, blend.PopularityWeight), alone);
        return blend.IsEmpty ? null : evaluator.Evaluate(_model, EvaluationTarget.Validation, cancellationToken);
    }
}
