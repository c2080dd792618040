using DRepMRec.Data;
using DRepMRec.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Encoders;

/// <summary>The frozen features of all items as tensors, one block per modality, scaled, and the relation graphs between items that follow from them.</summary>
/// <remarks>Owns its tensors until it is disposed; they are never changed. Relation graphs are made when first asked for and kept.</remarks>
public sealed class ModalFeatures : IDisposable
{
    private readonly float[][] _scaled;
    private readonly Dictionary<(int Modality, int Neighbors), CsrMatrix> _relations = [];

    /// <summary>Scales the features of a dataset and puts them on a device.</summary>
    /// <param name="features">One entry per modality, all over the same items.</param>
    /// <param name="scaling">What is done to the columns.</param>
    /// <param name="device">Where the tensors live; <see langword="null"/> for the CPU.</param>
    /// <exception cref="ArgumentException">There is no modality, or the numbers of items differ.</exception>
    public ModalFeatures(IReadOnlyList<ItemFeatures> features, FeatureScaling scaling = FeatureScaling.Standardize, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Count == 0)
            throw new ArgumentException("Expected at least one modality, got none.", nameof(features));
        if (features.FirstOrDefault(f => f.ItemCount != features[0].ItemCount) is { } other)
            throw new ArgumentException($"All modalities must have the same items; {features[0].Modality} has {features[0].ItemCount}, {other.Modality} has {other.ItemCount}.", nameof(features));

        TorchBackend.EnsureLoaded();
        device ??= CPU;
        Sources = [.. features];
        Scaling = scaling;
        ItemCount = features[0].ItemCount;
        _scaled = [.. features.Select(f => FeatureScaler.Scale(f, scaling))];
        using DisposeScope scope = NewDisposeScope();
        Values = [.. features.Select((f, m) => Copy(_scaled[m], f.Dimension, device))];
        Present = [.. features.Select(f => Copy([.. f.Present.ToArray().Select(p => p ? 1f : 0f)], 1, device))];
        float[] count = new float[ItemCount];
        foreach (ItemFeatures f in features)
        {
            for (int i = 0; i < ItemCount; i++)
                count[i] += f.Present[i] ? 1 : 0;
        }

        AnyPresent = Copy([.. count.Select(c => c > 0 ? 1f : 0f)], 1, device);
    }

    /// <summary>The number of items I.</summary>
    public int ItemCount { get; }

    /// <summary>The number of modalities M.</summary>
    public int ModalityCount => Sources.Count;

    /// <summary>The raw features, one entry per modality.</summary>
    public IReadOnlyList<ItemFeatures> Sources { get; }

    /// <summary>What was done to the columns of <see cref="Sources"/>.</summary>
    internal FeatureScaling Scaling { get; }

    /// <summary>The scaled features, [I, d] per modality; rows of items without the modality are zero, all others have the length sqrt(d).</summary>
    public IReadOnlyList<Tensor> Values { get; }

    /// <summary>Per modality [I, 1]: 1 for items that have it, 0 for others.</summary>
    public IReadOnlyList<Tensor> Present { get; }

    /// <summary>[I, 1]: 1 for items that have any modality, 0 for others.</summary>
    public Tensor AnyPresent { get; }

    /// <summary>The graph that links each item to its most similar items by the cosine of the scaled features of one modality, as averages: each row sums to 1 or is empty, [I, I].</summary>
    /// <param name="modality">The index of the modality.</param>
    /// <param name="neighbors">The number of neighbours k per item.</param>
    public CsrMatrix Relations(int modality, int neighbors)
    {
        lock (_relations)
        {
            if (!_relations.TryGetValue((modality, neighbors), out CsrMatrix? graph))
                _relations[(modality, neighbors)] = graph = NeighborGraph.Average(Similarities(modality, neighbors));
            return graph;
        }
    }

    /// <summary>The same links with cosines as values. Made anew at each call.</summary>
    internal CsrMatrix Similarities(int modality, int neighbors) => NeighborGraph.Cosine(_scaled[modality], Sources[modality].Dimension, neighbors);

    /// <summary>A tensor with memory of its own: one that lies over a managed array begins wherever the array does, and libtorch's products round differently at other alignments.</summary>
    private Tensor Copy(float[] values, int columns, Device device)
    {
        using Tensor over = tensor(values, ItemCount, columns);
        return over.to(device, copy: true).DetachFromDisposeScope();
    }

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in Values.Concat(Present).Append(AnyPresent))
            tensor.Dispose();
    }
}
