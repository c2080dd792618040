using System.Diagnostics.CodeAnalysis;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec.Hosts;

/// <summary>A linear layer whose first weights come from the options' seed: X W + b.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal sealed class FeatureProjection : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    public FeatureProjection(int inputDim, int outputDim, Initialization initialization, bool bias = true)
        : base(nameof(FeatureProjection))
    {
        _weight = initialization.XavierUniform(outputDim, inputDim);
        _bias = bias ? Initialization.Zeros(outputDim) : null;
        RegisterComponents();
    }

    public static ModuleList<FeatureProjection> PerModality(
        ModalFeatures features, int outputDim, Initialization initialization, bool bias = true)
        => new([.. features.Values.Select(v => new FeatureProjection((int)v.shape[1], outputDim, initialization, bias))]);

    /// <summary>y W, to compare features with instead of projecting them: (X W') y = X (y W). [N, D] to [N, d]; without a bias.</summary>
    public Tensor Lift(Tensor y) => LinearFunction.Apply(y, _weight.t(), null);

    /// <summary>tanh(z) W', the score of each row: only without a bias and with one output.</summary>
    public Tensor Attend(Tensor z) => AttentionFunction.Apply(z, _weight);

    public override Tensor forward(Tensor x) => LinearFunction.Apply(x, _weight, _bias);
}
