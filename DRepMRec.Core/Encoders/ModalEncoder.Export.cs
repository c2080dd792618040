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
        return [.. Enumerable.Range(0, _gates.Count).Select(m =>
        {
            Tensor items = SparseProduct.Sum([Term(mixing, m)]);
            var part = new UserItemEmbeddings(Users(graph, items, features), items);
            return new ModalityExport(part) { Content = Content(features, m) };
        })];
    }

    /// <summary>How new items are encoded; <see langword="null"/> where columns were reduced.</summary>
    private ContentExport? Content(ModalFeatures features, int modality)
    {
        if (features.IsReduced)
            return null;
        using DisposeScope scope = NewDisposeScope();
        ContentExport content = _gates[modality].Export() with
        {
            Weight = _options.Weight(modality),
            Neighbors = _options.Neighbors,
            KeepSelf = _options.KeepSelf,
        };
        if (_options.Neighbors == 0)
            return content;

        // What an item gets from its neighbours is the average of these rows over them.
        Tensor own = _gates[modality].call(features.Values[modality]) * features.Present[modality];
        return content with { NeighborValues = UserItemEmbeddings.Values(own) };
    }
}
