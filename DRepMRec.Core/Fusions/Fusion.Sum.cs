using DRepMRec.Internals;
using static TorchSharp.torch;

namespace DRepMRec.Fusions;

public abstract partial record Fusion
{
    /// <summary>behaviour + w * modal.</summary>
    public sealed record Sum : Fusion
    {
        /// <summary>The weight w of the modal line.</summary>
        /// <value>Above 0. The default is 0.5.</value>
        public double ModalWeight { get; init => field = Guard.Positive(value); } = 0.5;

        /// <inheritdoc/>
        public override int Dimension(int lineDimension) => lineDimension;

        /// <inheritdoc/>
        public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights) => behavior.Plus(modal, ModalWeight);

        /// <inheritdoc/>
        public override FusionForm Export(UserItemEmbeddings behavior) => new() { ModalFactor = ModalWeight };
    }
}
