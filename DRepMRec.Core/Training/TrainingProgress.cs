using System.Text.Json.Serialization;
using DRepMRec.Evaluation;

namespace DRepMRec.Training;

/// <summary>
/// Where a training is: reported after each batch but the last of an epoch, and at the end of each epoch, with what validation found.
/// </summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record TrainingProgress
{
    [JsonConstructor]
    internal TrainingProgress()
    {
    }

    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The number of epochs that the training may take at most.</summary>
    public required int Epochs { get; init; }

    /// <summary>The number of batches done in this epoch.</summary>
    public required int Batch { get; init; }

    /// <summary>The number of batches in an epoch.</summary>
    public required int Batches { get; init; }

    /// <summary>The mean of each loss term over the epoch's batches so far, unweighted, by name; "loss" is the weighted sum.</summary>
    public required IReadOnlyDictionary<string, double> Losses { get; init; }

    /// <summary>The validation figures at the end of an evaluated epoch, otherwise <see langword="null"/>.</summary>
    public EvaluationResult? Validation { get; init; }

    /// <summary>Whether these validation figures are the best so far.</summary>
    public bool Best { get; init; }

    /// <summary>
    /// The epoch with the best validation figures so far, epochs before a checkpoint among them; <see langword="null"/> until the first
    /// evaluation.
    /// </summary>
    public int? BestEpoch { get; init; }

    /// <summary>What <see cref="TrainerOptions.StoppingMetric"/> was at <see cref="BestEpoch"/>.</summary>
    public double? BestValue { get; init; }

    /// <summary>
    /// After how many more epochs training ends if none is better than <see cref="BestEpoch"/>; <see langword="null"/> until the first
    /// evaluation. 0 or less: it ends with the next evaluation that isn't better, or has ended.
    /// </summary>
    public int? PatienceLeft { get; init; }

    /// <summary>The time since training began.</summary>
    public required TimeSpan Elapsed { get; init; }
}
