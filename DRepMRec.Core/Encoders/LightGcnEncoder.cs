using System.Diagnostics.CodeAnalysis;
using DRepMRec.Collectives;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Losses;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec.Encoders;

/// <summary>LightGCN (He et al., arXiv 2002.02126): the mean of E^(l+1) = D^(-1/2) A D^(-1/2) E^(l) over layers l from 0 to L.</summary>
/// <example>
/// <code>
/// using var host = new LightGcnEncoder(data.Users.Count, data.Items.Count, new LightGcnOptions { Layers = 3 });
/// </code>
/// </example>
[RequiresUnreferencedCode(Untrimmed.Message)]
public sealed class LightGcnEncoder : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder, IBatchPreparation
{
    private readonly LightGcnOptions _options;
    private readonly int _userCount;
    private readonly int _itemCount;
    private readonly int _layers;
    private readonly BatchPropagation _propagation = new();

    [ComponentName(Name = "embedding")]
    private readonly Parameter _embedding;

    /// <summary>Creates the encoder with Xavier-uniform weights, users and items apart.</summary>
    /// <param name="userCount">The number of users U.</param>
    /// <param name="itemCount">The number of items I.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="columns">
    /// Whose columns are where, of processes that train together; <see langword="null"/> for one that has all.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The columns are of another dimension, or the table would have more numbers than an array.
    /// </exception>
    public LightGcnEncoder(int userCount, int itemCount, LightGcnOptions? options = null, ColumnPartition? columns = null)
        : base(TorchBackend.Require(nameof(LightGcnEncoder)))
    {
        _options = options ??= new LightGcnOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(userCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(itemCount);
        _userCount = userCount;
        _itemCount = itemCount;
        _layers = options.Layers;
        EmbeddingDim = options.EmbeddingDim;
        Columns = columns.ThrowIfOtherDimension(EmbeddingDim);
        _embedding = columns.Mark(new Initialization(options.Seed).XavierUniform(userCount, itemCount, EmbeddingDim, columns?.Own));
        RegisterComponents();
    }

    object IBehaviorEncoder.Options => _options;

    int? IBehaviorEncoder.PropagationLayers => _layers;

    /// <inheritdoc/>
    public int EmbeddingDim { get; }

    /// <inheritdoc/>
    public ColumnPartition? Columns { get; }

    /// <inheritdoc/>
    public UserItemEmbeddings? Ego
        => new UserItemEmbeddings(_embedding.ThrowIfDisposed(this).narrow(0, 0, _userCount), _embedding.narrow(0, _userCount, _itemCount));

    /// <inheritdoc/>
    public override UserItemEmbeddings forward(InteractionGraph graph)
    {
        using DisposeScope scope = NewDisposeScope();
        return Encode(graph, RowSet.All, null).Embeddings.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public EncoderOutput Encode(InteractionGraph graph, RowSet rows, BatchRows? batch)
    {
        ObjectDisposedException.ThrowIf(_embedding.IsInvalid, this);
        ShapeCheck.ThrowIfOtherSize(graph, _userCount, _itemCount);
        var (mean, ego) = _propagation.Apply(_embedding, graph.Adjacency, _layers, _userCount, rows, Reach(graph, rows, batch));
        return new EncoderOutput(Columns?.Gather(mean, batch) ?? mean) { Ego = ego };
    }

    void IBatchPreparation.Prepare(InteractionGraph graph, TrainingBatch batch) => Reach(graph, batch.Compact.Rows, batch.Compact);

    /// <inheritdoc/>
    public void ReleaseBuffers() => _propagation.Release();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            ReleaseBuffers();
        base.Dispose(disposing);
    }

    private BatchReach? Reach(InteractionGraph graph, RowSet rows, BatchRows? batch)
        => batch is null || rows.IsAll ? null : batch.Batch.Reach(this, graph.Adjacency, _layers, _userCount, rows);
}
