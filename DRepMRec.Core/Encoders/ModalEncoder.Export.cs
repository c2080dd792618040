using DRepMRec.Features;
using DRepMRec.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Encoders;

public sealed partial class ModalEncoder
{
    internal ModalEncoderOptions Options => _options;

    /// <summary>The weights of a modality's filter gate.</summary>
    internal (float[] Projection, float[] ProjectionBias, float[]? Gate, float[]? GateBias) GateWeights(int modality) => _gates[modality].Weights();

    /// <summary>The weight of each modality among those that an item has.</summary>
    internal double[] ModalityWeights()
    {
        using DisposeScope scope = NewDisposeScope();
        return _weights is not null ? [.. UserItemEmbeddings.Values(_weights.softmax(0)).Select(w => (double)w)]
            : _options.Weighting == ModalityWeighting.Fixed ? [.. _options.FixedWeights]
            : [.. Enumerable.Repeat(1.0, _gates.Count)];
    }

    /// <summary>What each modality adds to the representations: their sum is what <see cref="forward"/> returns. The caller's dispose scope owns the tensors.</summary>
    internal IReadOnlyList<UserItemEmbeddings> PerModality(InteractionGraph graph, ModalFeatures features)
    {
        ModalMixing mixing = Mixing(features);
        double[] weights = ModalityWeights();
        Tensor weightSum = features.Present.Select((p, m) => p.Times(weights[m])).Aggregate((a, b) => a.Plus(b)).Plus(1e-12);
        return [.. Enumerable.Range(0, _gates.Count).Select(m =>
        {
            Tensor items = SparseProduct.Sum(Terms(mixing, m));
            if (_weights is not null)
                items = items.Times(weights[m]) / weightSum;
            Tensor users = graph.UserMeans.Propagate(items);
            if (_options.UserNeighbors > 0)
                users = users.Plus(_userGraphs.GetValue(graph.Whole, g => NeighborGraph.CoInteraction(g, _options.UserNeighbors)).Propagate(users));
            return new UserItemEmbeddings(FillColdUsers(graph, users, items, features), items);
        })];
    }

    /// <summary>What an item gets from its neighbours in a modality: the average of these rows over them.</summary>
    internal Tensor NeighborValues(ModalFeatures features, int modality)
    {
        Tensor gated = _gates[modality].call(features.Values[modality], _items) * features.Present[modality];
        return Spread(features, modality, gated);
    }
}
