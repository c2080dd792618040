using System.Text.Json.Serialization;

namespace DRepMRec.Serving;

/// <summary>What becomes of recommendations when one model takes the place of another, for the users that both know.</summary>
/// <remarks>
/// Deterministic: the same for any number of threads. It's plain data that System.Text.Json writes and reads. Different lists aren't worse
/// lists: two trainings that differ by their seed alone differ too, and by how much is the yardstick.
/// </remarks>
/// <example>
/// <code>
/// ModelComparison comparison = await ModelComparison.CompareAsync(served, candidate);
/// File.WriteAllText("comparison.md", comparison.ToMarkdown());
/// </code>
/// </example>
public sealed record ModelComparison
{
    /// <summary>The model that was.</summary>
    public required ComparedModel Old { get; init; }

    /// <summary>The model that takes its place.</summary>
    public required ComparedModel New { get; init; }

    /// <summary>The options of model and training that differ, in the order of their names.</summary>
    public required IReadOnlyList<OptionChange> Options { get; init; }

    /// <summary>The users of the two models.</summary>
    public required IdChanges Users { get; init; }

    /// <summary>The items of the two models.</summary>
    public required IdChanges Items { get; init; }

    /// <summary>How many items were asked for per user.</summary>
    public required int Depth { get; init; }

    /// <summary>The persistence of the rank-biased overlap.</summary>
    public required double Persistence { get; init; }

    /// <summary>The number of users whose lists were compared.</summary>
    public required int Lists { get; init; }

    /// <summary>The number of users who were given and whom one of the models doesn't know: they aren't compared.</summary>
    public required int NotCompared { get; init; }

    /// <summary>The lists that are the same, item by item.</summary>
    public required int SameLists { get; init; }

    /// <summary>The lists of the same items in another order.</summary>
    public required int ReorderedLists { get; init; }

    /// <summary>The mean share of a list's items that the other list has: of items in both, over those of the longer list.</summary>
    public required double MeanCommonItems { get; init; }

    /// <summary>The extrapolated rank-biased overlap of users' two lists: 1 for the same list, 0 for lists that share nothing.</summary>
    public required OverlapDistribution Overlap { get; init; }

    /// <summary>What the lists go by, before and now, with the number of users; the most frequent first.</summary>
    public required IReadOnlyList<SourceChange> Sources { get; init; }

    /// <summary>How many different items are recommended to anybody, and how popular they are.</summary>
    public required RecommendedItems OldRecommended { get; init; }

    /// <summary>How many different items are recommended to anybody now, and how popular they are.</summary>
    public required RecommendedItems NewRecommended { get; init; }

    /// <summary>The items that come into the most lists more than they leave.</summary>
    public required IReadOnlyList<ItemChange> Rising { get; init; }

    /// <summary>The items that leave the most lists more than they come into.</summary>
    public required IReadOnlyList<ItemChange> Falling { get; init; }

    /// <summary>The users whose lists change most, by the rank-biased overlap.</summary>
    public required IReadOnlyList<UserChange> MostChanged { get; init; }

    /// <summary>Why items come into lists and leave them.</summary>
    public required ChangeReasons Reasons { get; init; }

    /// <summary>The share of lists that aren't the same, item by item.</summary>
    [JsonIgnore]
    public double ChangedShare => 1 - (SameLists / (double)Lists);

    /// <summary>Compares the recommendations of two models.</summary>
    /// <param name="old">The model that was.</param>
    /// <param name="new">The model that takes its place.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Told how many users are done.</param>
    /// <param name="cancellationToken">Stops between users.</param>
    /// <exception cref="ArgumentException">There is no user to compare: the models have none in common, or none was given.</exception>
    public static Task<ModelComparison> CompareAsync(
        Recommender old, Recommender @new, ModelComparisonOptions? options = null, IProgress<ExportProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(@new);
        return new Comparing(old, @new, options ?? new ModelComparisonOptions()).RunAsync(progress, cancellationToken);
    }

    /// <summary>Compares the recommendations of two model files.</summary>
    /// <param name="oldPath">The file of the model that was.</param>
    /// <param name="newPath">The file of the model that takes its place.</param>
    /// <param name="options">How; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Told how many users are done.</param>
    /// <param name="cancellationToken">Stops between users.</param>
    /// <exception cref="ModelFileException">A file is damaged, not a model, or written by a newer version.</exception>
    /// <exception cref="ArgumentException">There is no user to compare: the models have none in common, or none was given.</exception>
    /// <exception cref="IOException">A file isn't there, or can't be read.</exception>
    public static async Task<ModelComparison> CompareAsync(
        string oldPath, string newPath, ModelComparisonOptions? options = null, IProgress<ExportProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        // On Windows a mapped file can't be replaced, neither meanwhile nor before the next collection.
        var load = new RecommenderLoadOptions { MemoryMap = !OperatingSystem.IsWindows() };
        Task<Recommender> Load(string path) => Task.Run(() => Recommender.Load(path, load), cancellationToken);
        Recommender old = await Load(oldPath).ConfigureAwait(false), @new = await Load(newPath).ConfigureAwait(false);
        return await CompareAsync(old, @new, options, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The comparison as a page of Markdown for people to read.</summary>
    public string ToMarkdown() => ComparisonText.Of(this);
}
