using DRepMRec.Graphs;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Learns representations of users and items from who interacted with what: a host recommender such as LightGCN.</summary>
/// <remarks>
/// Implement it with a TorchSharp module: deriving from <c>nn.Module&lt;InteractionGraph, UserItemEmbeddings&gt;</c> gives <c>call</c>.
/// The graph is an input and isn't changed; the weights are state. The caller owns the returned tensors. Modules are not safe for use by many threads.
/// </remarks>
public interface IBehaviorEncoder : nn.IModule<InteractionGraph, UserItemEmbeddings>
{
    /// <summary>The dimension D of the representations.</summary>
    int EmbeddingDim { get; }
}
