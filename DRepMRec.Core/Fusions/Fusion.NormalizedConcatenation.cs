using DRepMRec.Internals;
using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec.Fusions;

public abstract partial record Fusion
{
    /// <summary>
    /// [behaviour / |behaviour|; w * modal / |modal|], row by row, of dimension 2 D: the score is the cosine of the behaviour line plus w²
    /// times that of the modal line, and neither line has a say in the other's. Where there is no behaviour, the modal row stands in for
    /// it.
    /// </summary>
    public sealed record NormalizedConcatenation : Fusion
    {
        /// <summary>The weight w of the modal line.</summary>
        /// <value>Above 0. The default is 0.5.</value>
        public double ModalWeight { get; init => field = Guard.Positive(value); } = 0.5;

        /// <inheritdoc/>
        public override int Dimension(int lineDimension) => 2 * lineDimension;

        /// <inheritdoc/>
        public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights)
        {
            TableShape.ThrowIfUnlike(modal, behavior, nameof(modal));
            if (OwnKernels.Run(behavior))
                return UnitConcatenationFunction.Apply(behavior, modal, ModalWeight);
            Tensor unit = modal.NormalizeRows();
            return cat([behavior.NormalizeRows().Plus(unit * IsZero(behavior.detach())), unit.Times(ModalWeight)], 1);
        }

        /// <inheritdoc/>
        public override FusionForm Export(UserItemEmbeddings behavior)
            => new() { Concatenates = true, UnitBehavior = true, UnitModal = true, ModalFactor = ModalWeight, ModalStandsIn = true };
    }
}
