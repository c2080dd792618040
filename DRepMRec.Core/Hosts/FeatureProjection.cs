using System.Diagnostics.CodeAnalysis;
using DRepMRec.Collectives;
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

    /// <param name="inputDim">The number d of inputs.</param>
    /// <param name="outputDim">The number D of outputs.</param>
    /// <param name="initialization">Draws the first weights.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="columns">Which outputs each process computes; <see langword="null"/> where each computes all.</param>
    public FeatureProjection(
        int inputDim, int outputDim, Initialization initialization, bool bias = true, ColumnPartition? columns = null)
        : base(nameof(FeatureProjection))
    {
        _weight = columns.Mark(initialization.XavierUniformRows(outputDim, inputDim, columns?.Own ?? Range.All), asRows: true);
        _bias = bias ? columns.Mark(Initialization.Zeros(columns?.Count ?? outputDim), asRows: true) : null;
        RegisterComponents();
    }

    public static ModuleList<FeatureProjection> PerModality(
        ModalFeatures features, int outputDim, Initialization initialization, bool bias = true, ColumnPartition? columns = null)
        => new([.. features.Values.Select(v => new FeatureProjection((int)v.shape[1], outputDim, initialization, bias, columns))]);

    /// <summary>y W, to compare features with instead of projecting them: (X W') y = X (y W). [N, D] to [N, d]; without a bias.</summary>
    public Tensor Lift(Tensor y) => LinearFunction.Apply(y, _weight.t(), null);

    /// <summary>tanh(z) W', the score of each row: only without a bias and with one output.</summary>
    public Tensor Attend(Tensor z) => AttentionFunction.Apply(z, _weight);

    public override Tensor forward(Tensor x) => LinearFunction.Apply(x, _weight, _bias);
}
