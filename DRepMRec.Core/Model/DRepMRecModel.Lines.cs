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

    /// <summary>The representations of all users and items before the lines are fused, without gradients: the behaviour encoder's, those of users and items without a training interaction included, and the modal line's.</summary>
    /// <remarks>The caller owns the four tensors.</remarks>
    /// <exception cref="InvalidOperationException">The model has no modal line.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public (UserItemEmbeddings Behavior, UserItemEmbeddings Modal) EmbedLines()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        ModalLine line = _modalLine ?? throw new InvalidOperationException("The model has no modal line: its options or its dataset leave it out.");
        return AtInference(() =>
        {
            HostOutput host = Host(Graph, null);
            return (host.Embeddings.MoveToOuterDisposeScope(), Modal(line, host, null).MoveToOuterDisposeScope());
        });
    }

    /// <summary>What the behaviour encoder makes of all users and items, those without a training interaction included, and what each modality adds to the modal line. The caller owns the tensors.</summary>
    internal (UserItemEmbeddings Behavior, IReadOnlyList<UserItemEmbeddings> Modal) ComputeLines(ModalEncoder encoder)
        => AtInference(() => (Host(Graph, null).Embeddings.MoveToOuterDisposeScope(), (IReadOnlyList<UserItemEmbeddings>)[.. encoder.PerModality(Graph, Features!).Select(m => m.MoveToOuterDisposeScope())]));

    /// <summary>Computes something as at inference, without gradients, in a dispose scope of its own.</summary>
    private T AtInference<T>(Func<T> compute)
    {
        bool training = this.training;
        eval();
        try
        {
            using IDisposable noGradient = no_grad();
            using DisposeScope scope = NewDisposeScope();
            return compute();
        }
        finally
        {
            train(training);
        }
    }
}
