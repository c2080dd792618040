using System.Diagnostics.CodeAnalysis;
using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Export;
using DRepMRec.Internals;
using DRepMRec.ItemToItem;
using DRepMRec.Serving;
using DRepMRec.Training;

namespace DRepMRec;

/// <summary>The course of a training, and the way from the trained model to test figures and recommendations.</summary>
/// <remarks>Test figures and recommenders come from the model as it is when asked for, so ask before it's trained on or disposed.</remarks>
/// <example>
/// <code>
/// TrainingReport report = new Trainer(model, data).Fit();
/// double recall = report.EvaluateTest()[RankingMetric.Recall(20)];
/// report.BuildRecommender().Save("model.safetensors");
/// </code>
/// </example>
public sealed class TrainingReport
{
    private readonly DRepMRecModel _model;
    private readonly RecDataset _data;
    private readonly TrainerOptions _options;
    private readonly EvaluationResult? _blended;

    internal TrainingReport(
        DRepMRecModel model, RecDataset data, TrainerOptions options, IReadOnlyList<EpochReport> history, int bestEpoch, TimeSpan elapsed,
        EvaluationResult? blended = null)
    {
        _blended = blended;
        ItemToItem = model.ItemToItem;
        _model = model;
        _data = data;
        _options = options;
        History = history;
        BestEpoch = bestEpoch;
        Elapsed = elapsed;
    }

    /// <summary>Each epoch in turn.</summary>
    public IReadOnlyList<EpochReport> History { get; }

    /// <summary>The epoch whose weights the model has: the best by validation, or the last one where nothing was validated.</summary>
    public int BestEpoch { get; }

    /// <summary>
    /// The validation figures of the best epoch, if it was evaluated; those with the item-to-item part, if there is one.
    /// <see cref="History"/> has the model's alone.
    /// </summary>
    public EvaluationResult? Validation => _blended ?? History[BestEpoch - 1].Validation;

    /// <summary>
    /// Which of <see cref="PopularityRecommender"/> and <see cref="ItemKnnRecommender"/>, as "Popularity" and "ItemKNN", are better on
    /// validation by <see cref="TrainerOptions.StoppingMetric"/>, and their figures; empty where none is, or nothing was validated. A model
    /// that counting beats has too little data, or options that don't suit them. ItemKNN is left out where it would take long: from 200
    /// million pairs of items of one user on.
    /// </summary>
    public IReadOnlyDictionary<string, double> BetterBaselines { get; internal set; } = new Dictionary<string, double>();

    /// <summary>The item-to-item part, the weights that were chosen for it and the figures by which; or <see langword="null"/>.</summary>
    public ItemToItemBlend? ItemToItem { get; }

    /// <summary>What the training began from; <see langword="null"/> where that was nothing.</summary>
    public WarmStartReport? Started { get; internal init; }

    /// <summary>The weights and moments at the end, where moments are kept.</summary>
    internal EarlierModel? End { get; init; }

    /// <summary>The time from the beginning of training to its end, validation included.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Evaluates the model on the test set. Choose on validation; read the test figures once.</summary>
    /// <param name="cancellationToken">Stops between two blocks of users.</param>
    /// <exception cref="ArgumentException">The test set is empty.</exception>
    public EvaluationResult EvaluateTest(CancellationToken cancellationToken = default)
        => new ModelEvaluator(_data, _options).Evaluate(_model, EvaluationTarget.Test, cancellationToken);

    /// <summary>
    /// The model's weights, for a later training to begin from (<see cref="Trainer.StartFrom"/>): those of the best epoch, with the moments
    /// of the last one where <see cref="TrainerOptions.KeepMoments"/> had them kept; else as they are now. Of processes that train together
    /// all call it, and each gets the columns of all.
    /// </summary>
    [RequiresUnreferencedCode(Untrimmed.Message)]
    public EarlierModel ToEarlierModel() => End ?? EarlierModel.Of(_model, _data);

    /// <summary>
    /// Takes the trained model out into a recommender that needs neither it nor libtorch. Where the dataset has a validation set, its
    /// scores are calibrated by it (<see cref="RecommenderOptions.Calibrate"/>).
    /// </summary>
    /// <param name="options">The parts that go along, or <see langword="null"/> for the defaults.</param>
    [RequiresUnreferencedCode(Untrimmed.Message)]
    public Recommender BuildRecommender(RecommenderOptions? options = null)
    {
        options ??= new RecommenderOptions();
        var figures = Validation?.Metrics.ToDictionary(m => m.Key.ToString(), m => m.Value) ?? [];
        (string, object?)[] more = Started is null ? [("Training", _options)]
            : [("Training", _options), ("WarmStart.From", Started.From), ("WarmStart", Started.Options)];
        var recommender = new Recommender(new ModelExport(_model, _data, options).Build(figures, more));
        return options.Calibrate && Calibration.TryFit(recommender, _data) is { } calibration
            ? recommender.WithCalibration(calibration)
            : recommender;
    }
}
