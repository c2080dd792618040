using DRepMRec.Internals;
using static TorchSharp.torch;

namespace DRepMRec.Fusions;

public abstract partial record Fusion
{
    /// <summary>[behaviour; w * modal], of dimension 2 D: the score is the sum of both lines' scores, the modal one times w².</summary>
    public sealed record Concatenation : Fusion
    {
        /// <summary>The weight w of the modal line.</summary>
        /// <value>Above 0. The default is 0.5.</value>
        public double ModalWeight { get; init => field = Guard.Positive(value); } = 0.5;

        /// <inheritdoc/>
        public override int Dimension(int lineDimension) => 2 * lineDimension;

        /// <inheritdoc/>
        public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights) => cat([behavior, modal.Times(ModalWeight)], 1);

        /// <inheritdoc/>
        public override FusionForm Export(UserItemEmbeddings behavior) => new() { Concatenates = true, ModalFactor = ModalWeight };
    }
}
