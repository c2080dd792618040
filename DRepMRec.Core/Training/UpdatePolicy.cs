using System.Text.Json.Serialization;
using DRepMRec.Internals;
using DRepMRec.Serialization;

namespace DRepMRec.Training;

/// <summary>What becomes of a served model as interactions come in: refreshes, and when the next one is trained from what.</summary>
public sealed record UpdatePolicy
{
    /// <summary>The name, for tables; each once.</summary>
    /// <value>The default is "never".</value>
    public string Name { get; init => field = Guard.NotEmpty(value); } = "never";

    /// <summary>Whether the interactions of a window are taken in after it where no model is trained then.</summary>
    public bool Refreshes { get; init; }

    /// <summary>
    /// Whether users with interactions that the model doesn't know are answered by their whole histories, folded in when they ask, instead
    /// of by their rows. The model itself stays as it is.
    /// </summary>
    public bool FoldsIn { get; init; }

    /// <summary>After how many windows the next model is trained, on all interactions until then.</summary>
    /// <value>0, the default, for never; or more.</value>
    public int TrainEvery { get; init => field = Guard.NotNegative(value); }

    /// <summary>What the next training begins from.</summary>
    /// <value>The default is <see cref="TrainingStart.Nothing"/>.</value>
    public TrainingStart Start { get; init => field = Guard.Defined(value); }

    /// <summary>The first model stays as it is.</summary>
    public static UpdatePolicy Never { get; } = new();

    /// <summary>The first model stays as it is, and histories are folded in.</summary>
    public static UpdatePolicy FoldIn { get; } = new() { Name = "fold-in", FoldsIn = true };

    /// <summary>The first model is refreshed after each window.</summary>
    public static UpdatePolicy Refresh { get; } = new() { Name = "refresh", Refreshes = true };

    /// <summary>A model is trained every so many windows, from the one before.</summary>
    /// <param name="windows">At least 1.</param>
    /// <param name="refreshes">Whether models are refreshed in between.</param>
    public static UpdatePolicy WarmStartEvery(int windows, bool refreshes = false) => Every(windows, TrainingStart.EarlierModel, refreshes);

    /// <summary>A model is trained every so many windows, from nothing.</summary>
    /// <param name="windows">At least 1.</param>
    /// <param name="refreshes">Whether models are refreshed in between.</param>
    public static UpdatePolicy TrainEveryFromNothing(int windows, bool refreshes = false)
        => Every(windows, TrainingStart.Nothing, refreshes);

    private static UpdatePolicy Every(int windows, TrainingStart start, bool refreshes) => new()
    {
        Name = FormattableString.Invariant(
            $"{(start == TrainingStart.Nothing ? "from nothing" : "warm start")} every {Guard.Positive(windows, nameof(windows))}")
            + (refreshes ? ", refresh" : ""),
        TrainEvery = windows,
        Start = start,
        Refreshes = refreshes,
    };
}

/// <summary>What a training begins from.</summary>
[JsonConverter(typeof(EnumNameConverter<TrainingStart>))]
public enum TrainingStart
{
    /// <summary>Random first weights.</summary>
    Nothing,

    /// <summary>The weights of the model before, by <see cref="Trainer.StartFrom"/>.</summary>
    EarlierModel,
}
