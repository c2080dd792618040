using DRepMRec.Internals;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec.Fusions;

public abstract partial record Fusion
{
    /// <summary>g ⊙ behaviour + (1 - g) ⊙ modal with g = sigmoid([behaviour; modal] W + b), W shared by users and items.</summary>
    /// <remarks>Not a sum of parts, so that serving has the fused rows alone.</remarks>
    public sealed record LearnedGate : Fusion
    {
        /// <inheritdoc/>
        public override int Dimension(int lineDimension) => lineDimension;

        /// <inheritdoc/>
        public override nn.Module CreateWeights(int lineDimension, int seed) => new Weights(lineDimension, seed);

        /// <inheritdoc/>
        public override Tensor Fuse(Tensor behavior, Tensor modal, nn.Module? weights)
            => modal.Plus(((Weights)weights!).call(cat([behavior, modal], 1)) * (behavior - modal));

        private sealed class Weights : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = "gate_weight")]
            private readonly Parameter _weight;

            [ComponentName(Name = "gate_bias")]
            private readonly Parameter _bias;

            public Weights(int lineDimension, int seed)
                : base(nameof(LearnedGate))
            {
                _weight = new Initialization(seed).XavierUniform(lineDimension, 2 * lineDimension);
                _bias = Initialization.Zeros(lineDimension);
                RegisterComponents();
            }

            public override Tensor forward(Tensor lines) => nn.functional.linear(lines, _weight, _bias).sigmoid();
        }
    }
}
