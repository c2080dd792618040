using DRepMRec;
using DRepMRec.Features;
using DRepMRec.Graphs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PlugIntoYourRecommender;

/// <summary>
/// A modal encoder as you might have one: a linear layer per modality; an item is the mean over the modalities it has, a user the mean over
/// their items.
/// </summary>
public sealed class YourModalEncoder : nn.Module<InteractionGraph, ModalFeatures, UserItemEmbeddings>, IModalEncoder
{
    private readonly ModuleList<Linear> _layers;

    public YourModalEncoder(ModalFeatures features, int embeddingDim, int seed = 2024)
        : base(nameof(YourModalEncoder))
    {
        random.manual_seed(seed);
        _layers = new ModuleList<Linear>([.. features.Values.Select(f => nn.Linear(f.shape[1], embeddingDim))]);
        Features = features;
        EmbeddingDim = embeddingDim;
        RegisterComponents();
    }

    public int EmbeddingDim { get; }

    public ModalFeatures Features { get; }

    public override UserItemEmbeddings forward(InteractionGraph graph, ModalFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor items = Parts(features).Aggregate((a, b) => a.Plus(b));
        return new UserItemEmbeddings(graph.UserMeans.Propagate(items), items).MoveToOuterDisposeScope();
    }

    // What serving needs: what each modality adds, and how the features of a new item become its row.
    public IReadOnlyList<ModalityExport> Export(InteractionGraph graph, ModalFeatures features) =>
    [
        .. Parts(features).Zip(_layers, (items, layer)
            => new ModalityExport(new UserItemEmbeddings(graph.UserMeans.Propagate(items), items))
            {
                Content = new ContentExport([.. layer.weight.data<float>()], [.. layer.bias!.data<float>()]),
            }),
    ];

    private IEnumerable<Tensor> Parts(ModalFeatures features)
    {
        Tensor count = features.Present.Aggregate((a, b) => a.Plus(b)).Plus(1e-12);
        return [.. _layers.Select((layer, m) => layer.call(features.Values[m]) * (features.Present[m] / count))];
    }
}
