using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using ReproduceResults.Trainings;

namespace ReproduceResults.Studies;

/// <summary>One line of a study: a model over a dataset, and how it is made from a seed.</summary>
/// <param name="Name">Its name in the log.</param>
/// <param name="Data">The dataset.</param>
/// <param name="Options">A hash of the options that the model is made with.</param>
internal sealed record Variant(string Name, RecDataset Data, string Options)
{
    /// <summary>The loss that it is trained with, "bpr" or "softmax".</summary>
    public string Loss { get; init; } = "";

    /// <summary>Its name in tables: with the loss where a study has both.</summary>
    public string Title { get => field ?? Name; init; }

    /// <summary>Its place in tables.</summary>
    public int Place { get; init; }

    /// <summary>The dataset that its split was drawn anew from, if it was.</summary>
    public RecDataset? Source { get; init; }

    /// <summary>How its split was drawn anew, if it was.</summary>
    public string? Kind { get; init; }

    /// <summary>What a search chose, as paths of options with their values.</summary>
    public string? Setting { get; init; }

    /// <summary>What making its features took, if that is shown.</summary>
    public FeatureFigures? Features { get; init; }

    public TrainerOptions Trainer { get; init; } = new();

    /// <summary>Makes the model of a seed; <see langword="null"/> for a baseline.</summary>
    public Func<int, OwnedModel>? Model { get; init; }

    /// <summary>Makes a recommender that isn't trained by gradients, once for all seeds.</summary>
    public Func<CancellationToken, IItemScorer>? Baseline { get; init; }

    /// <summary>The item-to-item part that makes a second line of its training, if it has one.</summary>
    public SolvedPart? Part { get; init; }

    /// <summary>Whether its lists are described, and its probabilities measured.</summary>
    public bool IsDescribed { get; init; }

    /// <summary>Whether pictures of its lines are drawn.</summary>
    public bool IsPictured { get; init; }
}

/// <summary>A model with the features that its host reads, if it does.</summary>
internal sealed record OwnedModel(DRepMRecModel Model, ModalFeatures? HostFeatures = null) : IDisposable
{
    public void Dispose()
    {
        Model.Dispose();
        HostFeatures?.Dispose();
    }
}
