using DRepMRec.Alignment;
using DRepMRec.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec;

public sealed partial class DRepMRecModel
{
    /// <summary>The modal line's own encoder and alignment, where serving knows how to take them out.</summary>
    internal (ModalEncoder Encoder, BmaOptions Alignment)? ExportableLine
        => _modalLine is { Encoder: ModalEncoder encoder, Alignment: BehaviorModalAlignment alignment } ? (encoder, alignment.Options) : null;

    /// <summary>Whether there is a modal line, of whatever kind.</summary>
    internal bool HasModalLine => _modalLine is not null;

    /// <summary>What the behaviour encoder makes of all users and items, those without a training interaction included, and what each modality adds to the modal line. The caller owns the tensors.</summary>
    internal (UserItemEmbeddings Behavior, IReadOnlyList<UserItemEmbeddings> Modal) ComputeLines(ModalEncoder encoder)
    {
        bool training = this.training;
        eval();
        try
        {
            using IDisposable noGradient = no_grad();
            using DisposeScope scope = NewDisposeScope();
            UserItemEmbeddings behavior = Host(Graph, null).Embeddings;
            return (behavior.MoveToOuterDisposeScope(), [.. encoder.PerModality(Graph, Features!).Select(m => m.MoveToOuterDisposeScope())]);
        }
        finally
        {
            train(training);
        }
    }
}
