using DRepMRec.Internals;
using static TorchSharp.torch;

namespace DRepMRec.Fusions;

public abstract partial record Fusion
{
    /// <summary>behaviour / |behaviour| + w * modal / |modal|, row by row; without behaviour w is <see cref="ColdModalWeight"/>.</summary>
    public sealed record NormalizedSum : Fusion
    {
        /// <summary>The weight w of the modal line.</summary>
        /// <value>Above 0. The default is 0.5.</value>
        public double ModalWeight { get; init => field = Guard.Positive(value); } = 0.5;

        /// <summary>The length of rows without behaviour, others having 1 - w to 1 + w: the longer, the higher cold items rank.</summary>
        /// <value>Above 0. The default is 1.</value>
        public double ColdModalWeight { get; init => field = Guard.Positive(value); } = 1;

        /// <inheritdoc/>
        public override int Dimension(int lineDimension) => lineDimension;

        /// <inheritdoc/>
        public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights)
        {
            // [N, 1]: the modal weight for rows that have behaviour, the cold one for those that don't.
            Tensor weight = IsZero(behavior.detach()).Times(ColdModalWeight - ModalWeight).Plus(ModalWeight);
            return behavior.NormalizeRows().Plus(modal.NormalizeRows() * weight);
        }

        /// <inheritdoc/>
        public override FusionForm Export(UserItemEmbeddings behavior)
            => new() { UnitBehavior = true, UnitModal = true, ModalFactor = ModalWeight, ColdModalFactor = ColdModalWeight };
    }
}
