using DRepMRec.Data;
using DRepMRec.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Features;

/// <summary>The frozen features of all items as scaled tensors, one per modality, and the relation graphs made from them.</summary>
/// <remarks>
/// Owns its tensors until it is disposed, after which asking for them is an <see cref="ObjectDisposedException"/>; they are never changed.
/// Relation graphs are made when first asked for and kept.
/// </remarks>
/// <example>
/// <code>
/// using var features = new ModalFeatures(data.Features);
/// using var modal = new ModalEncoder(features);
/// </code>
/// </example>
public sealed class ModalFeatures : IDisposable
{
    /// <summary>The most items for exact relation graphs; others are <see cref="NeighborGraph.ApproximateCosine"/>.</summary>
    public const int ExactItems = 100_000;

    private readonly float[][] _scaled;
    private Tensor[] _values;
    private Tensor[] _present;
    private Tensor _anyPresent;
    private bool _isDisposed;
    private readonly Dictionary<(int Modality, int Neighbors), CsrMatrix> _relations = [];
    private readonly Dictionary<int, (int Neighbors, CsrMatrix Graph)> _similarities = [];

    /// <summary>Scales the features of a dataset and puts them on a device.</summary>
    /// <param name="features">One entry per modality, all over the same items.</param>
    /// <param name="scaling">How the columns are scaled.</param>
    /// <param name="device">Where the tensors live; <see langword="null"/> for the CPU.</param>
    /// <param name="components">How many principal components wide features are reduced to, except for relation graphs; 0: none.</param>
    /// <exception cref="ArgumentException">There is no modality, or the numbers of items differ.</exception>
    public ModalFeatures(
        IReadOnlyList<ItemFeatures> features, FeatureScaling scaling = FeatureScaling.Standardize, Device? device = null,
        int components = 0)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentOutOfRangeException.ThrowIfNegative(components);
        if (features.Count == 0)
            throw new ArgumentException("Expected at least one modality, got none.", nameof(features));
        if (features.FirstOrDefault(f => f.ItemCount != features[0].ItemCount) is { } other)
        {
            throw new ArgumentException(
                $"All modalities must have the same items; {features[0].Modality} has {features[0].ItemCount}, "
                + $"{other.Modality} has {other.ItemCount}.", nameof(features));
        }

        TorchBackend.EnsureLoaded();
        device ??= CPU;
        Sources = [.. features];
        Scaling = scaling;
        Components = components;
        ItemCount = features[0].ItemCount;
        _scaled = [.. features.Select(f => FeatureScaler.Scale(f, scaling))];
        using DisposeScope scope = NewDisposeScope();
        _values = [.. features.Select((f, m) => components == 0 || f.Dimension <= components
            ? Copy(_scaled[m], f.Dimension, device)
            : Copy(PrincipalComponents.Reduce(_scaled[m], f.Dimension, components), components, device))];
        _present = [.. features.Select(f => Copy([.. f.Present.ToArray().Select(p => p ? 1f : 0f)], 1, device))];
        _anyPresent = Copy([.. Enumerable.Range(0, ItemCount).Select(i => features.Any(f => f.Present[i]) ? 1f : 0f)], 1, device);
    }

    /// <summary>The number of items I.</summary>
    public int ItemCount { get; }

    /// <summary>The number of modalities M.</summary>
    public int ModalityCount => Sources.Count;

    /// <summary>The raw features, one entry per modality.</summary>
    public IReadOnlyList<ItemFeatures> Sources { get; }

    /// <summary>Whether a modality's columns are principal components of the features instead of the features themselves.</summary>
    internal bool IsReduced => Sources.Zip(_values).Any(s => s.First.Dimension != s.Second.shape[1]);

    /// <summary>How the columns of <see cref="Sources"/> were scaled.</summary>
    public FeatureScaling Scaling { get; }

    /// <summary>How many principal components wide features were reduced to; 0 for none.</summary>
    public int Components { get; }

    /// <summary>
    /// The scaled features, [I, d] per modality, d being the number of components where they were reduced; rows have the length sqrt(d), or
    /// are zero for items without the modality.
    /// </summary>
    public IReadOnlyList<Tensor> Values => Alive(_values);

    /// <summary>The scaled features of an item, before any reduction to principal components; zeros when it has none.</summary>
    internal ReadOnlySpan<float> Scaled(int modality, int item)
        => _scaled[modality].AsSpan(item * Sources[modality].Dimension, Sources[modality].Dimension);

    /// <summary>The scaled features of all items, before any reduction to principal components.</summary>
    internal IReadOnlyList<float[]> AllScaled => _scaled;

    /// <summary>Per modality [I, 1]: 1 for items that have it, 0 for others.</summary>
    public IReadOnlyList<Tensor> Present => Alive(_present);

    /// <summary>[I, 1]: 1 for items that have any modality, 0 for others.</summary>
    public Tensor AnyPresent => Alive(_anyPresent);

    /// <summary>Whether <see cref="Relations"/> has each item's nearest items without exception.</summary>
    internal bool FindsAllNeighbors => ItemCount <= ExactItems;

    /// <summary>The items that <see cref="Relations"/> links an item to.</summary>
    internal ReadOnlySpan<int> NeighborsOf(int item, int modality, int neighbors)
    {
        CsrMatrix graph = Relations(modality, neighbors);
        return graph.Columns[graph.RowOffsets[item]..graph.RowOffsets[item + 1]];
    }

    /// <summary>The graph [I, I] of each item's nearest items by the cosine of a modality's features; rows sum to 1 or are empty.</summary>
    /// <param name="modality">The index of the modality.</param>
    /// <param name="neighbors">The number of neighbours k per item.</param>
    public CsrMatrix Relations(int modality, int neighbors)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lock (_relations)
        {
            if (!_relations.TryGetValue((modality, neighbors), out CsrMatrix? graph))
                _relations[(modality, neighbors)] = graph = NeighborGraph.Average(Similarities(modality, neighbors));
            return graph;
        }
    }

    /// <summary>The links of <see cref="Relations"/> with cosines as values, kept for the next multiple of 16 neighbours.</summary>
    internal CsrMatrix Similarities(int modality, int neighbors)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lock (_similarities)
        {
            if (!_similarities.TryGetValue(modality, out var searched) || searched.Neighbors < neighbors)
            {
                int count = (int)Math.Min(int.MaxValue, (neighbors + 15L) / 16 * 16), dimension = Sources[modality].Dimension;
                CsrMatrix graph = FindsAllNeighbors
                    ? NeighborGraph.Cosine(_scaled[modality], dimension, count)
                    : NeighborGraph.ApproximateCosine(_scaled[modality], dimension, count);
                _similarities[modality] = searched = (count, graph);
            }

            return NeighborGraph.Nearest(searched.Graph, neighbors);
        }
    }

    /// <summary>A tensor with memory from libtorch's allocator, as its products round differently at other alignments.</summary>
    private Tensor Copy(float[] values, int columns, Device device)
    {
        using Tensor over = tensor(values, ItemCount, columns, device: CPU);
        return over.to(device, copy: true).DetachFromDisposeScope();
    }

    /// <summary>Moves the tensors to a device; those that were there before are released.</summary>
    internal void MoveTo(Device device)
    {
        Tensor[] old = [.. Values, .. Present, AnyPresent];
        var moved = new List<Tensor>(old.Length);
        try
        {
            foreach (Tensor tensor in old)
                moved.Add(tensor.to(device, copy: true).DetachFromDisposeScope());
        }
        catch
        {
            moved.ForEach(tensor => tensor.Dispose());
            throw;
        }

        (_values, _present, _anyPresent) = ([.. moved[.._values.Length]], [.. moved[_values.Length..^1]], moved[^1]);
        foreach (Tensor tensor in old)
            tensor.Dispose();
    }

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        foreach (Tensor tensor in _values.Concat(_present).Append(_anyPresent))
            tensor.Dispose();
        lock (_relations)
            Propagation.Release(_relations.Values);
    }

    private T Alive<T>(T owned)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return owned;
    }
}
