using DRepMRec.Evaluation;
using Microsoft.Extensions.Logging;

namespace DRepMRec.Training;

/// <summary>What is logged of trainings. docs/operations.md lists the event ids.</summary>
internal static partial class TrainingLog
{
    [LoggerMessage(101, LogLevel.Information, "{Dataset}: {Note}")]
    public static partial void DatasetNote(this ILogger logger, string dataset, string note);

    [LoggerMessage(102, LogLevel.Information, "Going on from the checkpoint {Path}: epoch {Epoch}, after {Batches} batches")]
    public static partial void GoingOn(this ILogger logger, string path, int epoch, int batches);

    [LoggerMessage(
        103, LogLevel.Information, "Epoch {Epoch}: {Losses}; validation {Metric} {Value}{Best}; {Seconds:F2} s", SkipEnabledCheck = true)]
    public static partial void EpochDone(
        this ILogger logger, int epoch, string losses, RankingMetric metric, double? value, string best, double seconds);

    [LoggerMessage(104, LogLevel.Information, "Stopped after epoch {Epoch}; best epoch {Best} with {Metric} {Value}")]
    public static partial void Stopped(this ILogger logger, int epoch, int? best, RankingMetric metric, double value);

    [LoggerMessage(
        105, LogLevel.Warning, "{Damage} Going on from the checkpoint before it; the damaged one is kept as {File}")]
    public static partial void CheckpointDamaged(this ILogger logger, string damage, string file);

    [LoggerMessage(106, LogLevel.Information, "Item-to-item part of weight {Weight}, popularity of weight {PopularityWeight}: validation "
        + "{Metric} {Value}, {Alone} without them")]
    public static partial void ItemToItemWeight(
        this ILogger logger, double weight, double popularityWeight, RankingMetric metric, double value, double alone);

    [LoggerMessage(
        107, LogLevel.Warning, "There are no validation interactions to choose the weights of the item-to-item part by: it is left "
            + "out. One weight in each of ItemToItemOptions.BlendWeights and PopularityWeights, of an earlier training, is taken as it is")]
    public static partial void ItemToItemLeftOut(this ILogger logger);

    [LoggerMessage(108, LogLevel.Information, "Process {Rank} of {Size} trains columns {First} to {Last} of {Dimension}")]
    public static partial void Columns(this ILogger logger, int rank, int size, int first, int last, int dimension);

    [LoggerMessage(109, LogLevel.Warning, "{Baseline}, which isn't trained, is better than the model: validation {Metric} "
        + "{Value:F4}, the model's {Model:F4}. {Advice}")]
    public static partial void BelowBaseline(
        this ILogger logger, string baseline, RankingMetric metric, double value, double model, string advice);

    [LoggerMessage(110, LogLevel.Information, "Item-to-item part of weight {Weight}, popularity of weight {PopularityWeight}, as given: "
        + "there are no validation interactions")]
    public static partial void ItemToItemGiven(this ILogger logger, double weight, double popularityWeight);

    [LoggerMessage(111, LogLevel.Warning, "Negatives by popularity that the batch shares take popularity out of the ranking: "
        + "NegativeSampling.Corrected gives most of it back")]
    public static partial void Uncorrected(this ILogger logger);
}
