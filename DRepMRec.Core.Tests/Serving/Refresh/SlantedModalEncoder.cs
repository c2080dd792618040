using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Serving;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Serving;

/// <summary>A modal line of one's own whose users aren't the means of their items, but these and the first item.</summary>
internal sealed class SlantedModalEncoder : nn.Module<InteractionGraph, ModalFeatures, UserItemEmbeddings>, IModalEncoder
{
    private readonly ModalEncoder _inner;

    private SlantedModalEncoder(ModalFeatures features, int dimension)
        : base(nameof(SlantedModalEncoder))
    {
        _inner = new ModalEncoder(features, new ModalEncoderOptions { EmbeddingDim = dimension });
        Features = features;
        RegisterComponents();
    }

    public int EmbeddingDim => _inner.EmbeddingDim;

    public ModalFeatures Features { get; }

    /// <summary>A recommender that was trained with it.</summary>
    public static Recommender Build(RecDataset data, int epochs = 2)
    {
        using var features = new ModalFeatures(data.Features);
        using var host = new LightGcnEncoder(data.Users.Count, data.Items.Count, new LightGcnOptions { EmbeddingDim = 8 });
        using var modal = new SlantedModalEncoder(features, 8);
        using var bma = new BehaviorModalAlignment(8);
        using DRepMRecModel model = DRepMRecModel.Create(data, host, modal, bma);
        return Grown.Fit(model, epochs, data).BuildRecommender(new RecommenderOptions { IncludeRefresh = true });
    }

    public override UserItemEmbeddings forward(InteractionGraph graph, ModalFeatures features) => Slant(_inner.call(graph, features));

    public IReadOnlyList<ModalityExport> Export(InteractionGraph graph, ModalFeatures features)
        => [.. _inner.Export(graph, features).Select(part => part with { Part = Slant(part.Part) })];

    private static UserItemEmbeddings Slant(UserItemEmbeddings line)
    {
        using Tensor first = line.Items.narrow(0, 0, 1);
        using (line.Users)
            return line with { Users = line.Users + first };
    }
}
