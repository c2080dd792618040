using DRepMRec.Evaluation;

namespace DRepMRec.Training;

/// <summary>What happened in an epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Losses">The mean of each loss term over the batches, unweighted, by name; "loss" is the weighted sum.</param>
/// <param name="Validation">The validation figures, if the epoch was evaluated.</param>
/// <param name="TrainingTime">The time that training took.</param>
/// <param name="EvaluationTime">The time that validation took.</param>
public sealed record EpochReport(int Epoch, IReadOnlyDictionary<string, double> Losses, EvaluationResult? Validation, TimeSpan TrainingTime, TimeSpan EvaluationTime);
