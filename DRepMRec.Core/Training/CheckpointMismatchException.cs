using System.Text.Json.Serialization;
using DRepMRec.Internals;

namespace DRepMRec.Training;

/// <summary>A checkpoint is of another dataset, model or set of options than the training that was to go on from it.</summary>
public sealed class CheckpointMismatchException : Exception
{
    private const int MaxShown = 5;

    internal CheckpointMismatchException(string path, IReadOnlyList<CheckpointDifference> differences)
        : base(Shown.Whole(
            $"{Shown.Name(path)}: the checkpoint is of another training: "
            + string.Join("; ", differences.Take(MaxShown).Select(d => Shown.Message($"{d}")))
            + (differences.Count > MaxShown ? $"; and {differences.Count - MaxShown} more" : "")
            + ". Go on with what it was made with, name another file, "
            + $"or set {nameof(CheckpointOptions)}.{nameof(CheckpointOptions.Resume)} to false to begin anew."))
        => Differences = differences;

    /// <summary>The fields that differ, at least one.</summary>
    public IReadOnlyList<CheckpointDifference> Differences { get; }
}

/// <summary>A field in which a checkpoint differs from the training at hand.</summary>
public sealed record CheckpointDifference
{
    [JsonConstructor]
    internal CheckpointDifference(string field, string? checkpoint, string? current)
        => (Field, Checkpoint, Current) = (field, checkpoint, current);

    /// <summary>The name of the field, such as "Trainer.Adam.LearningRate".</summary>
    public string Field { get; }

    /// <summary>The field's value in the checkpoint, or <see langword="null"/> where the checkpoint doesn't have the field.</summary>
    public string? Checkpoint { get; }

    /// <summary>The field's value in the training at hand, or <see langword="null"/> where it doesn't have the field.</summary>
    public string? Current { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Field} is {Current ?? "not there"}, in the checkpoint it is {Checkpoint ?? "not there"}";
}
