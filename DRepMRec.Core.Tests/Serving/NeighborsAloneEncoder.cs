using DRepMRec.Alignment;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Serving;

/// <summary>
/// A modal line of one's own in which an item is what its neighbours bring, twice their projected features, and not what it is itself; new
/// items are encoded so too, where all modalities say how.
/// </summary>
internal sealed class NeighborsAloneEncoder : nn.Module<InteractionGraph, ModalFeatures, UserItemEmbeddings>, IModalEncoder
{
    private const int Neighbors = 3;

    private readonly ParameterList _projections = [];
    private readonly int _encoded;

    private NeighborsAloneEncoder(ModalFeatures features, int dimension, int encoded)
        : base(nameof(NeighborsAloneEncoder))
    {
        foreach (Tensor values in features.Values)
        {
            int width = (int)values.shape[1];
            _projections.Add(nn.Parameter(tensor(Samples.Floats(dimension * width, (ulong)width), dimension, width)));
        }

        (Features, EmbeddingDim, _encoded) = (features, dimension, encoded);
        RegisterComponents();
    }

    public int EmbeddingDim { get; }

    public ModalFeatures Features { get; }

    /// <summary>A recommender that was trained with it.</summary>
    /// <param name="encoded">How many of the modalities say how new items are encoded.</param>
    public static Recommender Build(int encoded)
    {
        using var features = new ModalFeatures(Served.Data.Features);
        using var host = new LightGcnEncoder(Served.Data.Users.Count, Served.Data.Items.Count, new LightGcnOptions { EmbeddingDim = 8 });
        using var modal = new NeighborsAloneEncoder(features, 8, encoded);
        using var bma = new BehaviorModalAlignment(8);
        using DRepMRecModel model = DRepMRecModel.Create(Served.Data, host, modal, bma);
        return Served.Fit(model, epochs: 1).BuildRecommender();
    }

    public override UserItemEmbeddings forward(InteractionGraph graph, ModalFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        return Line(graph, Parts(features).Aggregate((a, b) => a.Plus(b))).MoveToOuterDisposeScope();
    }

    public IReadOnlyList<ModalityExport> Export(InteractionGraph graph, ModalFeatures features) =>
    [
        .. Parts(features).Select((items, m) => new ModalityExport(Line(graph, items))
        {
            Content = m >= _encoded ? null : new ContentExport([.. _projections[m].data<float>()], new float[EmbeddingDim])
            {
                Neighbors = Neighbors,
                KeepSelf = false,
                NeighborValues = [.. Brought(features, m).data<float>()],
            },
        }),
    ];

    private static UserItemEmbeddings Line(InteractionGraph graph, Tensor items) => new(graph.UserMeans.Propagate(items), items);

    private Tensor Brought(ModalFeatures features, int modality)
        => nn.functional.linear(features.Values[modality], _projections[modality]) * features.Present[modality] * 2;

    private Tensor[] Parts(ModalFeatures features)
    {
        Tensor count = features.Present.Aggregate((a, b) => a.Plus(b)).Plus(1e-12);
        return [.. Enumerable.Range(0, features.ModalityCount).Select(
            m => features.Relations(m, Neighbors).Propagate(Brought(features, m)) * (features.Present[m] / count))];
    }
}
