using DRepMRec.Features;
using DRepMRec.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Encoders;

public sealed partial class ModalEncoder
{
    /// <inheritdoc/>
    public IReadOnlyList<ModalityExport> Export(InteractionGraph graph, ModalFeatures features)
    {
        ThrowIfUnfit(graph, features);
        using IDisposable noGradient = no_grad();
        ModalMixing mixing = Mixing(features);
        double[] weights = ModalityWeights();
        Tensor weightSum = features.Present.Select((p, m) => p.Times(weights[m])).Aggregate((a, b) => a.Plus(b)).Plus(1e-12);
        return [.. Enumerable.Range(0, _gates.Count).Select(m =>
        {
            Tensor items = SparseProduct.Sum(Terms(mixing, m));
            if (_weights is not null)
                items = items.Times(weights[m]) / weightSum;
            var part = new UserItemEmbeddings(Users(graph, items, features), items);
            return new ModalityExport(part) { Content = Content(features, m, weights[m]) };
        })];
    }

    /// <summary>How new items are encoded; <see langword="null"/> where gates filter known items' rows, or columns were reduced.</summary>
    private ContentExport? Content(ModalFeatures features, int modality, double weight)
    {
        if (_options.Gate == FilterGateKind.Embedding || features.IsReduced)
            return null;
        using DisposeScope scope = NewDisposeScope();
        bool hasNeighbors = _options is { Neighbors: > 0, RelationLayers: > 0 };
        ContentExport content = _gates[modality].Export() with
        {
            Weight = weight,
            Neighbors = hasNeighbors ? _options.Neighbors : 0,
            KeepSelf = _options.KeepSelf,
        };
        if (!hasNeighbors)
            return content;

        // What an item gets from its neighbours is the average of these rows over them.
        Tensor own = _gates[modality].call(features.Values[modality], _items) * features.Present[modality];
        return content with { NeighborValues = UserItemEmbeddings.Values(Spread(features, modality, own)) };
    }

    /// <summary>The weight of each modality among the modalities that an item has.</summary>
    private double[] ModalityWeights()
    {
        using DisposeScope scope = NewDisposeScope();
        return _weights is not null ? [.. UserItemEmbeddings.Values(_weights.softmax(0)).Select(w => (double)w)]
            : _options.Weighting == ModalityWeighting.Fixed ? [.. _options.FixedWeights]
            : [.. Enumerable.Repeat(1.0, _gates.Count)];
    }
}
