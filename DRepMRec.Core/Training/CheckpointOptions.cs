using DRepMRec.Internals;

namespace DRepMRec.Training;

/// <summary>Where a training keeps its state, so that it can be stopped at any moment, or be killed, and go on later.</summary>
/// <remarks>
/// <see cref="Trainer.Fit"/> writes a checkpoint after every so many epochs, when it is cancelled (within an epoch) and at its end, and
/// goes on from the one that it finds: run the same program again. The weights and figures are bit for bit those of a training that was
/// never stopped. A checkpoint is one safetensors file. It is written under another name and renamed when it is on the disk; the one before
/// it stays beside it with ".previous" at the end of its name, and is used where the newer one is damaged. It belongs to one dataset, model
/// and set of options. No weight may have more than 2,147,483,647 bytes, with the columns of all processes: such a training is refused
/// before its first epoch.
/// </remarks>
/// <example>
/// <code>
/// var options = new TrainerOptions { Checkpoint = new CheckpointOptions { Path = "training.checkpoint" } };
/// </code>
/// </example>
public sealed record CheckpointOptions
{
    /// <summary>The file, in an existing folder.</summary>
    /// <value>Not empty.</value>
    public required string Path { get; init => field = Guard.NotEmpty(value); }

    /// <summary>After how many epochs a checkpoint is written.</summary>
    /// <value>At least 1. The default is 1. A checkpoint is at most four times the size of the weights.</value>
    public int EveryEpochs { get; init => field = Guard.Positive(value); } = 1;

    /// <summary>Whether training goes on from a checkpoint that is there. Otherwise it begins anew and replaces it.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Resume { get; init; } = true;
}
