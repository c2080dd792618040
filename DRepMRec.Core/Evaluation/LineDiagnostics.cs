using System.Text.Json.Serialization;
using DRepMRec.Features;
using DRepMRec.Graphs;

namespace DRepMRec.Evaluation;

/// <summary>
/// What Behaviour-Modal Alignment and the Similarity-Supervised Signal do to the two lines of a model (the problems that DRepMRec, arXiv
/// 2404.11119, sets out from): whether behaviour and modal representations agree and are distributed alike, and whether the modal line has
/// forgotten the similarities of the features that it was made from.
/// </summary>
/// <remarks>Numbers repeat with the seed. Immutable.</remarks>
public sealed record LineDiagnostics
{
    [JsonConstructor]
    internal LineDiagnostics(LineAlignment users, LineAlignment items, IReadOnlyList<SimilarityRetention> modalities)
        => (Users, Items, Modalities) = (users, items, modalities);

    /// <summary>The users' two representations.</summary>
    public LineAlignment Users { get; }

    /// <summary>The items' two representations.</summary>
    public LineAlignment Items { get; }

    /// <summary>The modal line's item representations against the features, one entry per modality.</summary>
    public IReadOnlyList<SimilarityRetention> Modalities { get; }

    /// <summary>Measures two lines, however they were made.</summary>
    /// <param name="behavior">The behaviour line, [U, D] and [I, D].</param>
    /// <param name="modal">The modal line, shaped like the behaviour line.</param>
    /// <param name="graph">The training graph: users and items without an edge have no behaviour and aren't compared.</param>
    /// <param name="features">The features that the modal line was made from.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The numbers of users, of items or the dimensions differ.</exception>
    public static LineDiagnostics Measure(
        UserItemEmbeddings behavior, UserItemEmbeddings modal, InteractionGraph graph, ModalFeatures features,
            LineDiagnosticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(features);
        options ??= new LineDiagnosticsOptions();
        ThrowIfNotAlike(behavior, "behavior", graph, modal.Dimension);
        ThrowIfNotAlike(modal, "modal", graph, behavior.Dimension);
        if (features.ItemCount != graph.ItemCount)
        {
            throw new ArgumentException($"The features have {features.ItemCount} items; the graph has {graph.ItemCount}.",
                nameof(features));
        }

        int dimension = behavior.Dimension;
        float[] behaviorUsers = UserItemEmbeddings.Values(behavior.Users), behaviorItems = UserItemEmbeddings.Values(behavior.Items);
        float[] modalUsers = UserItemEmbeddings.Values(modal.Users), modalItems = UserItemEmbeddings.Values(modal.Items);
        return new LineDiagnostics(
            LineAlignment.Of(behaviorUsers, modalUsers, dimension, u => graph.UserDegree(u) > 0, options, stream: 0),
            LineAlignment.Of(behaviorItems, modalItems, dimension, i => graph.ItemDegrees[i] > 0, options, stream: 1),
            [.. Enumerable.Range(0, features.ModalityCount)
                .Select(m => SimilarityRetention.Of(modalItems, dimension, features, m, options))]);
    }

    private static void ThrowIfNotAlike(UserItemEmbeddings line, string name, InteractionGraph graph, int dimension)
    {
        if (line.Users.shape[0] != graph.UserCount || line.Items.shape[0] != graph.ItemCount || line.Dimension != dimension)
        {
            throw new ArgumentException(
                $"Expected both lines over the {graph.UserCount} users and {graph.ItemCount} items of the graph, in one dimension; "
                + $"{name} has {line.Users.shape[0]} users, {line.Items.shape[0]} items and dimension {line.Dimension}, the other "
                    + $"dimension {dimension}.", name);
        }
    }
}
