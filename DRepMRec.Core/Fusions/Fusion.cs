using static TorchSharp.torch;

namespace DRepMRec.Fusions;

/// <summary>How the rows of the two lines become one: the formula, its weights if any, and its form for serving.</summary>
/// <remarks>
/// Derive from it for a fusion of your own. Its public properties are its options: they go into checkpoints and model files, by which a
/// training is told from another. A behaviour row of zeros means that nothing is known of the user's or item's behaviour.
/// </remarks>
/// <example>
/// <code>
/// public sealed record Product : Fusion
/// {
///     public override int Dimension(int lineDimension) => lineDimension;
///     public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights) => behavior * modal;
/// }
/// </code>
/// </example>
public abstract partial record Fusion
{
    /// <summary>Whether a fused row depends on no other row, so that rows can be fused without the rest of their tables.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public virtual bool FusesByRow => true;

    /// <summary>The dimension of fused rows.</summary>
    /// <param name="lineDimension">The dimension D of both lines.</param>
    public abstract int Dimension(int lineDimension);

    /// <summary>Makes the weights that the fusion trains, if it has any.</summary>
    /// <param name="lineDimension">The dimension D of both lines.</param>
    /// <param name="seed">The seed of the first weights.</param>
    /// <returns>A module that whoever asked for it owns, or <see langword="null"/>, the default.</returns>
    public virtual nn.Module? CreateWeights(int lineDimension, int seed) => null;

    /// <summary>Fuses rows of users, or of items.</summary>
    /// <param name="behavior">[N, D]; a row of zeros has no behaviour.</param>
    /// <param name="modal">[N, D].</param>
    /// <param name="weights">The module that <see cref="CreateWeights"/> made.</param>
    /// <returns>[N, <see cref="Dimension"/>]; it belongs to the dispose scope that is open.</returns>
    public abstract Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights);

    /// <summary>What a fused row is made of, for serving to tell the parts of a score, fold in users and add items.</summary>
    /// <param name="behavior">The behaviour rows of all users and items, for fusions whose numbers depend on them.</param>
    /// <returns><see langword="null"/>, the default, where no <see cref="FusionForm"/> fits: then fused rows alone are served.</returns>
    public virtual FusionForm? Export(UserItemEmbeddings behavior) => null;

    /// <summary>[N, 1]: 1 for rows of zeros, 0 for others.</summary>
    private protected static Tensor IsZero(Tensor rows) => rows.RowDot(rows).sign().unsqueeze(1).Times(-1).Plus(1);
}
