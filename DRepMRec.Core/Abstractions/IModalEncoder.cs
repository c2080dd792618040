using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Learns representations of users and items from the content of the items, independently of the behaviour line.</summary>
/// <remarks>
/// Implement it with a TorchSharp module: deriving from <c>nn.Module&lt;InteractionGraph, ModalFeatures, UserItemEmbeddings&gt;</c> gives
/// <c>call</c>, and with <see cref="EmbeddingDim"/> that is all that is needed. Everything else has a default. Items without content and
/// users without items must get finite representations; a row of zeros means that nothing is known. The caller owns the returned tensors.
/// Modules are not safe for use by many threads.
/// </remarks>
/// <example>
/// <code>
/// public sealed class YourEncoder : nn.Module&lt;InteractionGraph, ModalFeatures, UserItemEmbeddings&gt;, IModalEncoder
/// {
///     public int EmbeddingDim =&gt; 64;
///     public override UserItemEmbeddings forward(InteractionGraph graph, ModalFeatures features) =&gt; new(Users(graph), Items(features));
/// }
/// </code>
/// </example>
public interface IModalEncoder : nn.IModule<InteractionGraph, ModalFeatures, UserItemEmbeddings>
{
    /// <summary>The dimension D of the representations: that of the behaviour encoder.</summary>
    int EmbeddingDim { get; }

    /// <summary>The encoder's options, whose public properties tell one training from another in checkpoints and model files.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    object? Options => null;

    /// <summary>The features that it was made for, if any; the model uses them instead of its own. They stay their owner's.</summary>
    /// <value>The default is <see langword="null"/>: the model makes them from the dataset.</value>
    ModalFeatures? Features => null;

    /// <summary>Computes the representations of users and items.</summary>
    /// <param name="graph">The user-item graph.</param>
    /// <param name="features">The features of all items.</param>
    /// <param name="rows">The rows to compute.</param>
    /// <param name="hidden">The batch whose interactions the graph goes without; <see langword="null"/> for none.</param>
    /// <returns>Tensors of the open dispose scope. The default computes all rows by <c>call</c> and picks the wanted ones.</returns>
    UserItemEmbeddings Encode(InteractionGraph graph, ModalFeatures features, RowSet rows, TrainingBatch? hidden)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(rows);
        UserItemEmbeddings all = call(hidden is null ? graph : graph.Without(hidden.UserIndices, hidden.PositiveIndices), features);
        ShapeCheck.ThrowIfMisshapen(this, EmbeddingDim, all, graph.UserCount, graph.ItemCount);
        return rows.Select(all);
    }

    /// <summary>What serving needs to know of the line to tell each modality's share of a score and to encode new items.</summary>
    /// <param name="graph">The whole training graph.</param>
    /// <param name="features">The features of all items.</param>
    /// <returns>One entry per modality, its tensors of the open scope; <see langword="null"/>, the default, to serve fused rows.</returns>
    IReadOnlyList<ModalityExport>? Export(InteractionGraph graph, ModalFeatures features) => null;
}
