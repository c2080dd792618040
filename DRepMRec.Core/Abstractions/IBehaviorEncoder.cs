using DRepMRec.Collectives;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Learns representations of users and items from who interacted with what: a host recommender such as LightGCN.</summary>
/// <remarks>
/// Implement it with a TorchSharp module: deriving from <c>nn.Module&lt;InteractionGraph, UserItemEmbeddings&gt;</c> gives <c>call</c>, and
/// with <see cref="EmbeddingDim"/> that is all that is needed. Everything else has a default and is there for encoders that have more to
/// say. The graph is an input and isn't changed; the weights are state. The caller owns the returned tensors. Modules are not safe for use
/// by many threads.
/// </remarks>
/// <example>
/// <code>
/// public sealed class YourRecommender : nn.Module&lt;InteractionGraph, UserItemEmbeddings&gt;, IBehaviorEncoder
/// {
///     public int EmbeddingDim => 64;
///     public override UserItemEmbeddings forward(InteractionGraph graph) => new(_users.alias(), _items.alias());
/// }
/// </code>
/// </example>
public interface IBehaviorEncoder : nn.IModule<InteractionGraph, UserItemEmbeddings>
{
    /// <summary>The dimension D of the representations.</summary>
    int EmbeddingDim { get; }

    /// <summary>The encoder's options, whose public properties tell one training from another in checkpoints and model files.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    object? Options => null;

    /// <summary>The features that it reads, if any. They stay their owner's, move with the model and are compared in checkpoints.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    ModalFeatures? Features => null;

    /// <summary>The trainable rows [U, ·] and [I, ·] that <see cref="EncoderOutput.Ego"/> is taken from; the caller owns them.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    UserItemEmbeddings? Ego => null;

    /// <summary>
    /// The number of layers L where representations are the mean of <see cref="Ego"/> = E, A E, … A^L E over the graph's normalised
    /// adjacency A, for items plus <see cref="ItemOffset"/>, and nothing else. A recommender can then be refreshed exactly
    /// (<c>Recommender.WithInteractions</c>).
    /// </summary>
    /// <value>The default is <see langword="null"/>: representations are made in another way.</value>
    int? PropagationLayers => null;

    /// <summary>The rows of <see cref="Ego"/> that a refresh starts from: those that training has shaped, zeros for all others.</summary>
    /// <param name="graph">The graph of the training.</param>
    /// <returns>
    /// Tensors of the open dispose scope. The default keeps the rows of users and items with an edge; <see langword="null"/> without
    /// <see cref="Ego"/>.
    /// </returns>
    UserItemEmbeddings? KnownEgo(InteractionGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Ego is { } ego ? graph.KeepKnown(ego, RowSet.All) : null;
    }

    /// <summary>
    /// What is added to the items' rows after <see cref="PropagationLayers"/> at inference: rows [I, D] that learned weights and content
    /// decide, so that new interactions leave them as they are.
    /// </summary>
    /// <param name="graph">The graph of the training.</param>
    /// <returns>A tensor of the open dispose scope. The default is <see langword="null"/>: nothing is added.</returns>
    Tensor? ItemOffset(InteractionGraph graph) => null;

    /// <summary>Whether <see cref="Encode"/> gives modal representations of its own (<see cref="EncoderOutput.Modal"/>).</summary>
    /// <value>The default is <see langword="false"/>.</value>
    bool HasModalRepresentation => false;

    /// <summary>
    /// Whether items without an interaction get representations from their content. Otherwise their rows are first weights that no gradient
    /// has touched, which a model without a modal line takes for zeros. Users without an interaction are always taken for unknown.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    bool KnowsColdItems => false;

    /// <summary>
    /// Whose columns of the embeddings are where, if several processes train the model together. Such an encoder is linear in its
    /// embeddings: it has its columns of them, in parameters that it says so of by <see cref="ColumnPartition.Hold"/>, computes its columns
    /// of the rows that are asked for, and returns all columns of these by <see cref="ColumnExchange.Gather"/>;
    /// <see cref="EncoderOutput.Ego"/> and <see cref="Ego"/> have its own columns. All its other weights are whole, and the same on all
    /// processes. <see cref="EmbeddingDim"/> is the partition's, or a multiple of it where rows are of several parts beside each other.
    /// </summary>
    /// <value>The default is <see langword="null"/>: one process has all.</value>
    ColumnPartition? Columns => null;

    /// <summary>The graph to train on in an epoch, such as one with dropped edges. At inference the graph is the whole one.</summary>
    /// <param name="graph">The whole training graph.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <returns>
    /// A graph over the same users and items, the same for the same arguments. The default is <paramref name="graph"/> itself.
    /// </returns>
    InteractionGraph GraphForEpoch(InteractionGraph graph, int epoch) => graph;

    /// <summary>Computes representations and, given a batch, the encoder's own loss terms.</summary>
    /// <param name="graph">The user-item graph.</param>
    /// <param name="rows">The rows to compute.</param>
    /// <param name="batch">The batch that loss terms are for, in tables of these rows, or <see langword="null"/> at inference.</param>
    /// <returns>Tensors of the open dispose scope. The default computes all rows by <c>call</c> and picks the wanted ones.</returns>
    EncoderOutput Encode(InteractionGraph graph, RowSet rows, BatchRows? batch)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(rows);
        UserItemEmbeddings all = call(graph);
        ShapeCheck.ThrowIfMisshapen(this, EmbeddingDim, all, graph.UserCount, graph.ItemCount);
        UserItemEmbeddings? first = Ego;
        if (first is { } ego)
            ShapeCheck.ThrowIfMisshapen(this, null, ego, graph.UserCount, graph.ItemCount, "ego embeddings of ");
        return new EncoderOutput(rows.Select(all)) { Ego = first is { } found ? rows.Select(found) : null };
    }

    /// <summary>Frees what is kept from step to step of a training. A later step makes it anew.</summary>
    void ReleaseBuffers()
    {
    }
}
