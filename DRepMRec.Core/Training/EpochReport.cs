using System.Text.Json.Serialization;
using DRepMRec.Evaluation;

namespace DRepMRec.Training;

/// <summary>The figures of one epoch.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record EpochReport
{
    [JsonConstructor]
    internal EpochReport()
    {
    }

    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The mean of each loss term over the batches, unweighted, by name; "loss" is the weighted sum.</summary>
    public required IReadOnlyDictionary<string, double> Losses { get; init; }

    /// <summary>The validation figures, if the epoch was evaluated.</summary>
    public EvaluationResult? Validation { get; init; }

    /// <summary>The time that training took.</summary>
    public TimeSpan TrainingTime { get; init; }

    /// <summary>The time that validation took.</summary>
    public TimeSpan EvaluationTime { get; init; }
}
