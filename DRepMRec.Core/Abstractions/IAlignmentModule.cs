using DRepMRec.Fusions;
using DRepMRec.Losses;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>Aligns and fuses the representations of the behaviour line and of the modal line.</summary>
/// <remarks>
/// Implement it with a TorchSharp module: deriving from <c>nn.Module&lt;UserItemEmbeddings, UserItemEmbeddings, BatchRows?,
/// AlignmentResult&gt;</c> gives <c>call</c>, and with <see cref="EmbeddingDim"/> that is all that is needed. It's called with (behaviour,
/// modal, batch), two tables of the same rows. A behaviour row of zeros means that nothing is known of the user's or item's behaviour:
/// those without interactions, and in training those whose behaviour is left out of the step. Without a batch (<see langword="null"/>) it
/// only fuses, as at inference; with one it also returns its loss terms for the users and items of the batch, whose places in the tables
/// the batch tells. Terms need names of their own. The caller owns the returned tensors. Modules are not safe for use by many threads.
/// </remarks>
/// <example>
/// <code>
/// public override AlignmentResult forward(UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows? batch)
///     =&gt; new(new UserItemEmbeddings(behavior.Users.Plus(modal.Users), behavior.Items.Plus(modal.Items)), []);
/// </code>
/// </example>
public interface IAlignmentModule : nn.IModule<UserItemEmbeddings, UserItemEmbeddings, BatchRows?, AlignmentResult>
{
    /// <summary>The dimension of the fused representations.</summary>
    int EmbeddingDim { get; }

    /// <summary>The module's options, whose public properties tell one training from another in checkpoints and model files.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    object? Options => null;

    /// <summary>Whether fused rows depend on no other rows: then it's called with a batch's rows alone, which is faster.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    bool FusesByRow => false;

    /// <summary>What a fused row is made of, for serving without libtorch.</summary>
    /// <param name="behavior">The behaviour rows of all users and items, zeros where nothing is known.</param>
    /// <returns><see langword="null"/>, the default, where that can't be said: then fused rows alone are served.</returns>
    FusionForm? Export(UserItemEmbeddings behavior) => null;
}
