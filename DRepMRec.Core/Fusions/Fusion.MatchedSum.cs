using DRepMRec.Internals;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Fusions;

public abstract partial record Fusion
{
    /// <summary>
    /// behaviour + w * s * modal / |modal|, row by row, where s is the mean length of the behaviour rows (users and items apart, without
    /// gradient): however differently the lines are scaled, neither drowns the other.
    /// </summary>
    public sealed record MatchedSum : Fusion
    {
        /// <summary>The weight w of the modal line.</summary>
        /// <value>Above 0. The default is 0.5.</value>
        public double ModalWeight { get; init => field = Guard.Positive(value); } = 0.5;

        /// <inheritdoc/>
        /// <value><see langword="false"/>: s is a mean over all rows.</value>
        public override bool FusesByRow => false;

        /// <inheritdoc/>
        public override int Dimension(int lineDimension) => lineDimension;

        /// <inheritdoc/>
        public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights)
            => behavior.Plus(modal.NormalizeRows() * MeanLength(behavior.detach()), ModalWeight);

        /// <inheritdoc/>
        public override FusionForm Export(UserItemEmbeddings behavior)
        {
            using DisposeScope scope = NewDisposeScope();
            return new FusionForm
            {
                UnitModal = true,
                ModalFactor = ModalWeight,
                UserModalScale = MeanLength(behavior.Users).item<float>(),
                ItemModalScale = MeanLength(behavior.Items).item<float>(),
            };
        }
    }
}
