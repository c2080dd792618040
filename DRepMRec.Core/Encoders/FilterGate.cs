using System.Diagnostics.CodeAnalysis;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec.Encoders;

/// <summary>Projects and filters the features of one modality: P = X W1 + b1, H = P ⊙ sigmoid(P W2 + b2), or P alone.</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal sealed class FilterGate : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "projection_weight")]
    private readonly Parameter _projection;

    [ComponentName(Name = "projection_bias")]
    private readonly Parameter _projectionBias;

    [ComponentName(Name = "gate_weight")]
    private readonly Parameter? _gate;

    [ComponentName(Name = "gate_bias")]
    private readonly Parameter? _gateBias;

    public FilterGate(int featureDimension, int embeddingDim, bool gated, Initialization initialization)
        : base(nameof(FilterGate))
    {
        _projection = initialization.XavierUniform(embeddingDim, featureDimension);
        _projectionBias = Initialization.Zeros(embeddingDim);
        if (gated)
        {
            _gate = initialization.XavierUniform(embeddingDim, embeddingDim);
            _gateBias = Initialization.Zeros(embeddingDim);
        }

        RegisterComponents();
    }

    /// <summary>The number of features d.</summary>
    public int FeatureDimension => (int)_projection.shape[1];

    /// <summary>[I, d] features to [I, D].</summary>
    public override Tensor forward(Tensor features) => Filter(features, null);

    /// <summary>The same for some rows.</summary>
    /// <param name="features">[I, d].</param>
    /// <param name="rows">n rows; <see langword="null"/> for all.</param>
    /// <returns>[n, D].</returns>
    public Tensor Filter(Tensor features, int[]? rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor filtered = _gate is null
            ? LinearFunction.Apply(rows is null ? features : features.SelectRows(rows), _projection, _projectionBias)
            : FilterGateFunction.Apply(features, rows, _projection, _projectionBias, _gate, _gateBias!);
        return filtered.MoveToOuterDisposeScope();
    }

    /// <summary>The weights, for whoever encodes without libtorch.</summary>
    public ContentExport Export() => new(UserItemEmbeddings.Values(_projection), UserItemEmbeddings.Values(_projectionBias))
    {
        Gate = _gate is null ? null : UserItemEmbeddings.Values(_gate),
        GateBias = _gateBias is null ? null : UserItemEmbeddings.Values(_gateBias),
    };
}
