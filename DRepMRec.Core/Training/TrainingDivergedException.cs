namespace DRepMRec.Training;

/// <summary>A loss became NaN or infinite. The model has the best weights of the epochs before, or the first weights if none was complete.</summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(int epoch, int batch, IReadOnlyDictionary<string, double> losses)
        : base($"The loss of epoch {epoch}, batch {batch} isn't finite: {string.Join(", ", losses.Select(l => FormattableString.Invariant($"{l.Key} {l.Value:G6}")))}. "
            + "A lower learning rate or a lower weight of the term that grew may help.")
    {
        Epoch = epoch;
        Batch = batch;
        Losses = losses;
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The batch within the epoch, from 1.</summary>
    public int Batch { get; }

    /// <summary>Each loss term by name, unweighted, as it was in that batch.</summary>
    public IReadOnlyDictionary<string, double> Losses { get; }
}
