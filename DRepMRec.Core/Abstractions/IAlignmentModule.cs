using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Aligns and fuses the representations of the behaviour line and of the modal line.</summary>
/// <remarks>
/// Called with (behaviour, modal, batch). Without a batch (<see langword="null"/>) it only fuses, as at inference; with one it also returns its loss terms for the users and items of the
/// batch. The caller owns the returned tensors. Modules are not safe for use by many threads.
/// </remarks>
public interface IAlignmentModule : nn.IModule<UserItemEmbeddings, UserItemEmbeddings, TrainingBatch?, AlignmentResult>
{
    /// <summary>The dimension of the fused representations, given those of the two lines.</summary>
    int EmbeddingDim { get; }
}
