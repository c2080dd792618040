using DRepMRec;
using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ReproduceResults.Studies;

/// <summary>
/// A modal line that isn't independent: its gates filter the behaviour line's own item embeddings E, H = E ⊙ sigmoid(P W2 + b2) with P = X
/// W1 + b1, as models with shared parameters do. Everything else is as in <see cref="ModalEncoder"/> with equal weights: one step along the
/// relation graphs beside the item's own row, the mean over modalities, a user as the mean of their items.
/// </summary>
internal sealed class CoupledModalEncoder : nn.Module<InteractionGraph, ModalFeatures, UserItemEmbeddings>, IModalEncoder
{
    private readonly int _neighbors;

    // Not a field that holds the module: its weights would be trained twice.
    private readonly Func<Tensor> _items;
    private readonly ModuleList<Linear> _projections = [];
    private readonly ModuleList<Linear> _gates = [];

    private CoupledModalEncoder(LightGcnEncoder behavior, RecDataset data, DRepMRecOptions options)
        : base(nameof(CoupledModalEncoder))
    {
        EmbeddingDim = behavior.EmbeddingDim;
        _neighbors = options.Modal.Neighbors;
        _items = () => behavior.Ego!.Value.Items;
        var random = new Random(options.Seed);
        foreach (ItemFeatures modality in data.Features)
        {
            _projections.Add(SeededLinear.Create(modality.Dimension, EmbeddingDim, random));
            _gates.Add(SeededLinear.Create(EmbeddingDim, EmbeddingDim, random));
        }

        RegisterComponents();
    }

    public int EmbeddingDim { get; }

    /// <summary>DRepMRec with this modal line in place of its own.</summary>
    public static DRepMRecModel CreateModel(RecDataset data, DRepMRecOptions options)
    {
        var behavior = new LightGcnEncoder(data.Users.Count, data.Items.Count,
            new LightGcnOptions { EmbeddingDim = options.EmbeddingDim, Layers = options.Layers, Seed = options.Seed });
        var alignment = new BehaviorModalAlignment(options.EmbeddingDim, options.Alignment with { Seed = options.Seed });
        return DRepMRecModel.Create(data, behavior, new CoupledModalEncoder(behavior, data, options), alignment, options);
    }

    public override UserItemEmbeddings forward(InteractionGraph graph, ModalFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor own = _items(), sum = zeros_like(own), count = zeros(features.ItemCount, 1);
        for (int m = 0; m < features.ModalityCount; m++)
        {
            Tensor filtered = own * _gates[m].call(_projections[m].call(features.Values[m])).sigmoid() * features.Present[m];
            sum = sum.Plus(filtered).Plus(features.Relations(m, _neighbors).Propagate(filtered));
            count = count.Plus(features.Present[m]);
        }

        Tensor items = sum / count.Plus(1e-12), users = graph.UserMeans.Propagate(items);
        float[] cold = [.. Enumerable.Range(0, graph.UserCount).Select(u => graph.UserDegree(u) == 0 ? 1f : 0f)];
        Tensor mean = items.sum(0, keepdim: true) / features.AnyPresent.sum(0, keepdim: true).Plus(1e-12);
        return new UserItemEmbeddings(users.Plus(tensor(cold, cold.Length, 1) * mean), items).MoveToOuterDisposeScope();
    }
}
