using System.Diagnostics.CodeAnalysis;
using DRepMRec.Collectives;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec.Hosts;

/// <summary>
/// FREEDOM (Zhou and Shen, MM 2023, arXiv 2211.06924): LightGCN over a user-item graph that each epoch prunes anew by degree, plus
/// propagation of item embeddings over a frozen graph of similar items; its own loss adds BPR between users and projected features.
/// </summary>
/// <remarks>Reads the features and leaves them to the caller, who must keep them until the encoder is no longer used.</remarks>
[RequiresUnreferencedCode(Untrimmed.Message)]
public sealed class FreedomEncoder : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder, IBatchPreparation
{
    private readonly FreedomOptions _options;
    private readonly ModalFeatures _features;
    private readonly int _userCount;
    private readonly CsrMatrix _itemGraph;
    private readonly BatchPropagation _propagation = new();

    // The graph of the next epoch, made while this one is trained.
    private (InteractionGraph Whole, int Epoch, Task<InteractionGraph> Pruned)? _ahead;
    private InteractionGraph? _pruned;

    [ComponentName(Name = "embedding")]
    private readonly Parameter _embedding;

    [ComponentName(Name = "projections")]
    private readonly ModuleList<FeatureProjection> _projections;

    /// <summary>Creates the encoder with Xavier-uniform weights and builds the item graph.</summary>
    /// <param name="userCount">The number of users U.</param>
    /// <param name="features">The features of all items.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="columns">
    /// Whose columns are where, of processes that train together; <see langword="null"/> for one that has all.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The number of modality weights isn't that of the modalities, the columns are of another dimension, or the table would have more
    /// numbers than an array.
    /// </exception>
    public FreedomEncoder(int userCount, ModalFeatures features, FreedomOptions? options = null, ColumnPartition? columns = null)
        : base(TorchBackend.Require(nameof(FreedomEncoder)))
    {
        _options = options ?? new FreedomOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(userCount);
        ArgumentNullException.ThrowIfNull(features);
        _features = features;
        _userCount = userCount;
        var initialization = new Initialization(_options.Seed);
        Columns = columns.ThrowIfOtherDimension(EmbeddingDim);
        _embedding = columns.Mark(initialization.XavierUniform(userCount, features.ItemCount, EmbeddingDim, columns?.Own));

        // A bias would cancel out between the positive and the negative.
        _projections = FeatureProjection.PerModality(features, EmbeddingDim, initialization, bias: false);
        _itemGraph = ItemGraphs.Combine(features, _options.Neighbors, _options.ModalityWeights);
        RegisterComponents();
    }

    object IBehaviorEncoder.Options => _options;

    int? IBehaviorEncoder.PropagationLayers => _options.Layers;

    /// <inheritdoc/>
    public ModalFeatures Features => _features;

    /// <inheritdoc/>
    /// <remarks>Content reaches items over the item graph alone.</remarks>
    public bool KnowsColdItems => _options.ItemLayers > 0;

    /// <inheritdoc/>
    public int EmbeddingDim => _options.EmbeddingDim;

    /// <inheritdoc/>
    public ColumnPartition? Columns { get; }

    /// <inheritdoc/>
    public UserItemEmbeddings? Ego => new UserItemEmbeddings(
        _embedding.ThrowIfDisposed(this).narrow(0, 0, _userCount), _embedding.narrow(0, _userCount, _features.ItemCount));

    /// <inheritdoc/>
    public InteractionGraph GraphForEpoch(InteractionGraph graph, int epoch)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (_options.EdgeDropout == 0)
            return graph;
        var made = _ahead;
        _ahead = null; // What failed is tried again.
        InteractionGraph pruned = made is { } ahead && ReferenceEquals(ahead.Whole, graph) && ahead.Epoch == epoch
            ? ahead.Pruned.GetAwaiter().GetResult()
            : Prune(graph, epoch);
        _ahead = Parallelism.Threads > 1 ? (graph, epoch + 1, Task.Run(() => Prune(graph, epoch + 1))) : null;
        if (!ReferenceEquals(_pruned, pruned))
            ReleasePruned();
        return _pruned = pruned;
    }

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
        ShapeCheck.ThrowIfOtherSize(graph, _userCount, _features.ItemCount);
        var (mean, ego) = _propagation.Apply(_embedding, graph.Adjacency, _options.Layers, _userCount, rows, Reach(graph, rows, batch));
        if (!training)
            mean = graph.KeepKnown(mean, rows);
        var own = new UserItemEmbeddings(mean.Users, mean.Items.Plus(SimilarRows(graph, ego.Items, rows)));
        UserItemEmbeddings output = Columns?.Gather(own) ?? own;
        bool hasLoss = batch is not null && _options.ModalLossWeight > 0;
        return new EncoderOutput(output)
        {
            Ego = ego,
            Terms = hasLoss ? [new LossTerm("modal", ModalLoss(output.Users, batch!), _options.ModalLossWeight)] : [],
        };
    }

    /// <remarks>The item graph shapes the rows of items without an interaction too, where it leads to them.</remarks>
    UserItemEmbeddings? IBehaviorEncoder.KnownEgo(InteractionGraph graph)
    {
        UserItemEmbeddings ego = Ego!.Value;
        return new UserItemEmbeddings(
            graph.KeepKnown(ego, RowSet.All).Users, ItemGraphs.KeepReached(ego.Items, graph, [_itemGraph], _options.ItemLayers));
    }

    Tensor? IBehaviorEncoder.ItemOffset(InteractionGraph graph)
        => SimilarRows(graph, _embedding.narrow(0, _userCount, _features.ItemCount), RowSet.All);

    void IBatchPreparation.Prepare(InteractionGraph graph, TrainingBatch batch) => Reach(graph, batch.Compact.Rows, batch.Compact);

    /// <inheritdoc/>
    public void ReleaseBuffers()
    {
        _propagation.Release();
        ReleasePruned();
        _ahead = null;
    }

    private void ReleasePruned()
    {
        if (_pruned is { } before)
            Propagation.Release([before.Adjacency]);
        _pruned = null;
    }

    private InteractionGraph Prune(InteractionGraph graph, int epoch)
    {
        InteractionGraph pruned = graph.DropEdgesByDegree(_options.EdgeDropout, (_options.Seed * 1_000_003L) + epoch);
        _ = pruned.Adjacency;
        return pruned;
    }

    /// <summary>The items after propagation over the item graph.</summary>
    private Tensor SimilarRows(InteractionGraph graph, Tensor ego, RowSet rows)
    {
        if (training && _options.ItemLayers == 0)
            return ego;
        if (training && _options.ItemLayers == 1 && !rows.IsAll)
            return _itemGraph.PropagateRows(_embedding, rows.Items.ToArray(), _propagation.Gradient);
        Tensor similar = _embedding.narrow(0, _userCount, _features.ItemCount);
        if (!training)
            similar = ItemGraphs.KeepReached(similar, graph, [_itemGraph], _options.ItemLayers);
        if (_options.ItemLayers == 0)
            return rows.IsAll ? similar : similar.SelectRows(rows.Items);
        for (int layer = 1; layer < _options.ItemLayers; layer++)
            similar = _itemGraph.Propagate(similar);
        return rows.IsAll ? _itemGraph.Propagate(similar) : _itemGraph.PropagateRows(similar, rows.Items.ToArray());
    }

    /// <summary>The sum over modalities of the BPR loss between users and projected features (FREEDOM, eq. 14).</summary>
    /// <param name="users">The users' rows, at least once for each modality.</param>
    /// <param name="batch">The batch.</param>
    private Tensor ModalLoss(Tensor users, BatchRows batch)
    {
        // On the CPU, where pairs are read in place: few users meet many items, so lifting the users to the features costs less than
        // projecting the features, unless every user meets every negative.
        TrainingBatch source = batch.Batch;
        bool lifts = OwnKernels.Run(users) && !source.SharedNegatives;
        BatchRows own = batch.Rows.IsAll ? source.Compact : batch;
        PairIndices pairs = lifts ? source.Pairs with { Users = batch.Pairs.Users } : own.Pairs;
        Tensor asked = lifts || !batch.Rows.IsAll ? users : users.SelectRows(own.Rows.Users);
        Tensor? sum = null;
        for (int m = 0; m < _projections.Count; m++)
        {
            Tensor loss = lifts
                ? RankingLoss.Bpr.Mean(_projections[m].Lift(users), _features.Values[m], pairs)
                : RankingLoss.Bpr.Mean(asked, _projections[m].call(_features.Values[m].SelectRows(own.Rows.Items)), pairs);
            sum = sum is null ? loss : sum.Plus(loss);
        }

        return sum!;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ReleaseBuffers();
            Propagation.Release([_itemGraph]);
        }

        base.Dispose(disposing);
    }

    private BatchReach? Reach(InteractionGraph graph, RowSet rows, BatchRows? batch)
        => batch is null || rows.IsAll ? null : batch.Batch.Reach(this, graph.Adjacency, _options.Layers, _userCount, rows);
}
