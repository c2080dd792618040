using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec.Encoders;

/// <summary>
/// The modal line of DRepMRec (arXiv 2404.11119): per modality a filter gate that denoises the frozen features and a relation graph over
/// similar items; an item is the weighted sum of its modalities, a user the mean of the items in the graph.
/// </summary>
/// <remarks>
/// docs/method.md has the formulas, our reading of the paper, which publishes no code. Items without any modality get zeros, users without
/// items the mean over all items that have content. Not safe for use by many threads.
/// </remarks>
/// <example>
/// <code>
/// using var features = new ModalFeatures(data.Features);
/// using var modal = new ModalEncoder(features, new ModalEncoderOptions { Neighbors = 20 });
/// using UserItemEmbeddings content = modal.call(new InteractionGraph(data.Train), features);
/// </code>
/// </example>
[RequiresUnreferencedCode(Untrimmed.Message)]
public sealed partial class ModalEncoder : nn.Module<InteractionGraph, ModalFeatures, UserItemEmbeddings>, IModalEncoder
{
    private readonly ModalEncoderOptions _options;
    private readonly ConditionalWeakTable<InteractionGraph, CsrMatrix> _userGraphs = [];
    private ModalMixing? _mixing;
    private bool _isDisposed;

    [ComponentName(Name = "gates")]
    private readonly ModuleList<FilterGate> _gates;

    /// <summary>Creates the encoder for the shapes of the given features.</summary>
    /// <param name="features">The features of all items. They stay the caller's; a model around the encoder uses them.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    public ModalEncoder(ModalFeatures features, ModalEncoderOptions? options = null)
        : base(TorchBackend.Require(nameof(ModalEncoder)))
    {
        ArgumentNullException.ThrowIfNull(features);
        _options = options ?? new ModalEncoderOptions();
        _options.ThrowIfInvalid(features.ModalityCount);
        Features = features;
        var initialization = new Initialization(_options.Seed);
        bool hasGate = _options.Gate != FilterGateKind.None;
        var gates = new FilterGate[features.ModalityCount];
        void Draw(bool weighs)
        {
            for (int m = 0; m < gates.Length; m++)
            {
                if (_options.Weighs(m) == weighs)
                    gates[m] = new FilterGate((int)features.Values[m].shape[1], EmbeddingDim, hasGate, initialization);
            }
        }

        // What weighs nothing is drawn last, so that all else has the first weights that it has without it.
        Draw(weighs: true);
        Draw(weighs: false);
        _gates = new ModuleList<FilterGate>(gates);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public int EmbeddingDim => _options.EmbeddingDim;

    /// <inheritdoc/>
    public ModalFeatures Features { get; }

    object IModalEncoder.Options => _options;

    internal ModalEncoderOptions Options => _options;

    /// <inheritdoc/>
    public override UserItemEmbeddings forward(InteractionGraph graph, ModalFeatures features)
    {
        ThrowIfUnfit(graph, features);
        using DisposeScope scope = NewDisposeScope();
        Tensor items = CombineModalities(features);
        return new UserItemEmbeddings(Users(graph, items, features), items).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        if (disposing)
        {
            _mixing?.Release();
            Propagation.Release(_userGraphs.Select(kept => kept.Value));
        }

        base.Dispose(disposing);
    }

    private void ThrowIfUnfit(InteractionGraph graph, ModalFeatures features)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(features);
        if (features.ModalityCount != _gates.Count)
        {
            throw new ArgumentException(
                $"The encoder was made for {_gates.Count} modalities; the features have {features.ModalityCount}.", nameof(features));
        }

        for (int m = 0; m < _gates.Count; m++)
        {
            long width = features.Values[m].shape[1];
            if (width != _gates[m].FeatureDimension)
            {
                throw new ArgumentException($"The encoder was made for {_gates[m].FeatureDimension} features of "
                    + $"'{features.Sources[m].Modality}'; there are {width}.", nameof(features));
            }
        }

        ShapeCheck.ThrowIfOtherSize(graph, graph.UserCount, features.ItemCount);
    }

    /// <summary>[I, D]: the items, the sum of their modalities; weights are in the matrices.</summary>
    private Tensor CombineModalities(ModalFeatures features)
    {
        ModalMixing mixing = Mixing(features);
        return SparseProduct.Sum([.. Enumerable.Range(0, _gates.Count).Select(m => Term(mixing, m))]);
    }

    /// <summary>A modality's part of the items, as the product of a constant matrix and gated features.</summary>
    private (CsrMatrix, Tensor) Term(ModalMixing mixing, int modality)
        => (mixing.Items(modality), _gates[modality].call(mixing.Features.Values[modality]));

    private ModalMixing Mixing(ModalFeatures features)
    {
        if (!ReferenceEquals(_mixing?.Features, features))
        {
            _mixing?.Release();
            _mixing = new ModalMixing(features, _options);
        }

        return _mixing!;
    }

    /// <summary>[U, D]: the mean of a user's items plus similar users' rows; without items, the mean over items with content.</summary>
    private Tensor Users(InteractionGraph graph, Tensor items, ModalFeatures features)
    {
        Tensor users = graph.UserMeans.Propagate(items);
        if (_options.UserNeighbors > 0)
        {
            CsrMatrix similar = _userGraphs.GetValue(graph.Whole, g => NeighborGraph.CoInteraction(g, _options.UserNeighbors));
            users = users.Plus(similar.Propagate(users));
        }

        return graph.ColdUserCount == 0
            ? users
            : users.Plus(tensor(graph.ColdUserFlags(), graph.UserCount, 1, device: CPU).to(users.device) * MeanItem(items, features));
    }

    /// <summary>[1, D]: the mean over all items that have content.</summary>
    private Tensor MeanItem(Tensor items, ModalFeatures features)
        => items.sum(0, keepdim: true) / tensor([Math.Max(1f, Mixing(features).ItemsWithContent.Length)], device: CPU).to(items.device);
}
