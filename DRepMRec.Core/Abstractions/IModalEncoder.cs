using DRepMRec.Features;
using DRepMRec.Graphs;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Learns representations of users and items from the content of the items, independently of the behaviour line.</summary>
/// <remarks>
/// Implement it with a TorchSharp module: deriving from <c>nn.Module&lt;InteractionGraph, ModalFeatures, UserItemEmbeddings&gt;</c> gives <c>call</c>.
/// Items without content and users without items must get finite representations. The caller owns the returned tensors. Modules are not safe for use by many threads.
/// </remarks>
public interface IModalEncoder : nn.IModule<InteractionGraph, ModalFeatures, UserItemEmbeddings>
{
    /// <summary>The dimension D of the representations.</summary>
    int EmbeddingDim { get; }
}
