using DRepMRec.Evaluation;

namespace DRepMRec.Training;

/// <summary>Where a training is: reported after each batch, and once more with validation figures after each evaluated epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">The most epochs that the training may take.</param>
/// <param name="Batch">The batches done in this epoch.</param>
/// <param name="Batches">The batches in an epoch.</param>
/// <param name="Losses">The mean of each loss term over the batches of the epoch so far, unweighted, by name; "loss" is the weighted sum.</param>
/// <param name="Validation">The validation figures at the end of an evaluated epoch, otherwise <see langword="null"/>.</param>
/// <param name="Best">Whether these validation figures are the best so far.</param>
/// <param name="Elapsed">The time since training began.</param>
public sealed record TrainingProgress(
    int Epoch,
    int Epochs,
    int Batch,
    int Batches,
    IReadOnlyDictionary<string, double> Losses,
    EvaluationResult? Validation,
    bool Best,
    TimeSpan Elapsed)
{
    /// <summary>
    /// The epoch with the best validation figures so far, epochs before a checkpoint among them; <see langword="null"/> until the first
    /// evaluation.
    /// </summary>
    public int? BestEpoch { get; init; }

    /// <summary>What <see cref="TrainerOptions.StoppingMetric"/> was at <see cref="BestEpoch"/>.</summary>
    public double? BestValue { get; init; }
}
