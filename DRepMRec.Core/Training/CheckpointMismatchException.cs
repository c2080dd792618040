using DRepMRec.Internals;

namespace DRepMRec.Training;

/// <summary>A checkpoint is of another dataset, model or set of options than the training that was to go on from it.</summary>
public sealed class CheckpointMismatchException : Exception
{
    private const int Most = 5;

    internal CheckpointMismatchException(string path, IReadOnlyList<CheckpointDifference> differences)
        : base(Shown.Whole(
            $"{Shown.Name(path)}: the checkpoint is of another training: {string.Join("; ", differences.Take(Most).Select(d => Shown.Message($"{d}")))}"
            + $"{(differences.Count > Most ? $"; and {differences.Count - Most} more" : "")}. Go on with what it was made with, name another file, "
            + $"or set {nameof(CheckpointOptions)}.{nameof(CheckpointOptions.Resume)} to false to begin anew."))
        => Differences = differences;

    /// <summary>What differs, at least one field.</summary>
    public IReadOnlyList<CheckpointDifference> Differences { get; }
}

/// <summary>A field in which a checkpoint differs from the training at hand.</summary>
/// <param name="Field">Its name, such as "Trainer.Adam.LearningRate".</param>
/// <param name="Checkpoint">Its value in the checkpoint, or <see langword="null"/> where it has none.</param>
/// <param name="Current">Its value now, or <see langword="null"/> where there is none.</param>
public sealed record CheckpointDifference(string Field, string? Checkpoint, string? Current)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Field} is {Current ?? "not there"}, in the checkpoint it is {Checkpoint ?? "not there"}";
}
