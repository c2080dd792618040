using System.Runtime.CompilerServices;
using DRepMRec.Graphs;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec.Encoders;

/// <summary>
/// The modal line of DRepMRec (arXiv 2404.11119): per modality a filter gate that denoises the frozen features and a relation graph over similar items; an item is the weighted sum of its
/// modalities, a user the mean of the items in the graph.
/// </summary>
/// <remarks>
/// The formulas are our reading of the paper, which publishes no code; docs/method.md has them. Items without any modality get zeros, users without items the mean over all items that have content.
/// </remarks>
public sealed partial class ModalEncoder : nn.Module<InteractionGraph, ModalFeatures, UserItemEmbeddings>, IModalEncoder
{
    private readonly ModalEncoderOptions _options;
    private readonly ConditionalWeakTable<InteractionGraph, CsrMatrix> _userGraphs = [];

    [ComponentName(Name = "gates")]
    private readonly ModuleList<FilterGate> _gates;

    [ComponentName(Name = "item_embedding")]
    private readonly Parameter? _items;

    [ComponentName(Name = "modality_weight")]
    private readonly Parameter? _weights;

    /// <summary>Creates the encoder for the shapes of some features.</summary>
    /// <param name="features">Tells the number of items and the dimension of each modality; the encoder doesn't keep it.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    public ModalEncoder(ModalFeatures features, ModalEncoderOptions? options = null)
        : base(TorchBackend.Require(nameof(ModalEncoder)))
    {
        ArgumentNullException.ThrowIfNull(features);
        _options = options ?? new ModalEncoderOptions();
        _options.Validate(features.ModalityCount);
        var initialization = new Initialization(_options.Seed);
        _gates = new ModuleList<FilterGate>([.. features.Sources.Select(s => new FilterGate(s.Dimension, EmbeddingDim, _options.Gate != FilterGateKind.None, initialization))]);
        if (_options.Gate == FilterGateKind.Embedding)
            _items = initialization.XavierUniform(features.ItemCount, EmbeddingDim);
        if (_options.Weighting == ModalityWeighting.Learned)
            _weights = Initialization.Zeros(features.ModalityCount);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public int EmbeddingDim => _options.EmbeddingDim;

    /// <inheritdoc/>
    public override UserItemEmbeddings forward(InteractionGraph graph, ModalFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.ModalityCount != _gates.Count)
            throw new ArgumentException($"The encoder was made for {_gates.Count} modalities; the features have {features.ModalityCount}.", nameof(features));
        GraphShape.Check(graph, graph?.UserCount ?? 0, features.ItemCount);

        using DisposeScope scope = NewDisposeScope();
        Tensor items = CombineModalities(features);
        Tensor users = graph!.UserMeans.Propagate(items);
        if (_options.UserNeighbors > 0)
            users = users.Plus(_userGraphs.GetValue(graph, g => NeighborGraph.CoInteraction(g, _options.UserNeighbors)).Propagate(users));
        return new UserItemEmbeddings(FillColdUsers(graph, users, items, features), items).MoveToOuterDisposeScope();
    }

    private Tensor CombineModalities(ModalFeatures features)
    {
        Tensor? sum = null, weightSum = null;
        Tensor? learned = _weights?.softmax(0);
        for (int m = 0; m < _gates.Count; m++)
        {
            Tensor present = features.Present[m];
            Tensor weight = learned is not null ? present * learned.narrow(0, m, 1)
                : _options.Weighting == ModalityWeighting.Fixed ? present.Times(_options.FixedWeights[m])
                : present;
            Tensor weighted = Encode(features, m) * weight;
            sum = sum is null ? weighted : sum.Plus(weighted);
            weightSum = weightSum is null ? weight : weightSum.Plus(weight);
        }

        // Items without any modality have weight 0 and a zero sum; the small constant keeps their quotient 0.
        return sum! / weightSum!.Plus(1e-12);
    }

    private Tensor Encode(ModalFeatures features, int modality)
    {
        Tensor own = _gates[modality].call(features.Values[modality], _items) * features.Present[modality];
        if (_options.Neighbors == 0)
            return own;
        Tensor related = own;
        for (int layer = 0; layer < _options.RelationLayers; layer++)
            related = features.Relations(modality, _options.Neighbors).Propagate(related);
        return _options.KeepSelf && _options.RelationLayers > 0 ? own.Plus(related) : related;
    }

    private static Tensor FillColdUsers(InteractionGraph graph, Tensor users, Tensor items, ModalFeatures features)
    {
        if (graph.ColdUserCount == 0)
            return users;
        Tensor mean = items.sum(0, keepdim: true) / features.AnyPresent.sum(0, keepdim: true).Plus(1e-12);
        return users.Plus(tensor(graph.ColdUserFlags(), graph.UserCount, 1).to(users.device) * mean);
    }
}
