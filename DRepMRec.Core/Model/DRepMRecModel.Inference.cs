using DRepMRec.Evaluation;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec;

public sealed partial class DRepMRecModel
{
    /// <summary>The final representations of all users and items, without gradients; their dot products are the model's scores.</summary>
    /// <remarks>
    /// The caller owns the two tensors. Rows that no gradient has touched are zeros: without a modal line, the rows of users without a
    /// training interaction, and of items without one unless the host knows them by their content
    /// (<see cref="IBehaviorEncoder.KnowsColdItems"/>).
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public UserItemEmbeddings Embed() => AtInference(() =>
    {
        UserItemEmbeddings fused = call(null).Embeddings;
        if (_line is null)
        {
            UserItemEmbeddings known = Graph.KeepKnown(fused, RowSet.All);
            fused = BehaviorEncoder.KnowsColdItems ? fused with { Users = known.Users } : known;
        }

        if (Loss.Score == ScoreFunction.Cosine)
            fused = new UserItemEmbeddings(fused.Users.NormalizeRows(), fused.Items.NormalizeRows());
        // Encoders may hand out their tables themselves, which training goes on to change.
        return new UserItemEmbeddings(Copy(fused.Users), Copy(fused.Items)).MoveToOuterDisposeScope();
    });

    /// <summary>
    /// The representations of all users and items before the lines are fused, without gradients: the behaviour encoder's, with first
    /// weights for users and items without a training interaction, and the modal line's.
    /// </summary>
    /// <remarks>The caller owns the four tensors.</remarks>
    /// <exception cref="InvalidOperationException">The model has no modal line.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public (UserItemEmbeddings Behavior, UserItemEmbeddings Modal) EmbedLines() => AtInference(() =>
    {
        ModalLine line = _line
            ?? throw new InvalidOperationException("The model has no modal line: its options or its dataset leave it out.");
        EncoderOutput behavior = BehaviorEncoder.Encode(Graph, RowSet.All, null);
        UserItemEmbeddings modal = EncodeModal(line, behavior, RowSet.All, null), own = behavior.Embeddings;
        own = new UserItemEmbeddings(Copy(own.Users), Copy(own.Items));
        modal = new UserItemEmbeddings(Copy(modal.Users), Copy(modal.Items));
        return (own.MoveToOuterDisposeScope(), modal.MoveToOuterDisposeScope());
    });

    private static Tensor Copy(Tensor rows) => rows.contiguous().clone();

    /// <summary>Measures how far the lines agree and are distributed alike, and how much the modal line keeps of its features.</summary>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="InvalidOperationException">The model has no modal line.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public LineDiagnostics MeasureLines(LineDiagnosticsOptions? options = null)
    {
        var (behavior, modal) = EmbedLines();
        using (behavior)
        using (modal)
            return LineDiagnostics.Measure(behavior, modal, Graph, Features!, options);
    }

    /// <summary>Computes a value as at inference, without gradients, in a dispose scope of its own.</summary>
    internal T AtInference<T>(Func<T> compute)
    {
        ThrowIfUnusable();
        using var modes = new ModuleModes(this);
        eval();
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return compute();
    }

    /// <summary>The behaviour rows of all users and items as the alignment gets them: zeros where nothing is known.</summary>
    internal UserItemEmbeddings KnownBehavior() => Graph.KeepKnown(BehaviorEncoder.Encode(Graph, RowSet.All, null).Embeddings, RowSet.All);
}
