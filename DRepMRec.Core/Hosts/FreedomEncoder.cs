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
/// FREEDOM (Zhou and Shen, MM 2023, arXiv 2211.06924): LightGCN over a user-item graph that each epoch prunes anew by degree, plus propagation of item embeddings over a frozen graph of
/// similar items; its own loss adds BPR between users and projected features.
/// </summary>
/// <remarks>Reads the features and leaves them to the caller, who must keep them until the encoder is no longer used.</remarks>
public sealed class FreedomEncoder : nn.Module<InteractionGraph, UserItemEmbeddings>, IHostRecommender, IEgoEmbeddings, ITrainingGraph, IHasOptions, IBatchHost
{
    private readonly FreedomOptions _options;
    private readonly ModalFeatures _features;
    private readonly int _userCount;
    private readonly CsrMatrix _itemGraph;
    private readonly BatchPropagation _propagation = new();

    [ComponentName(Name = "embedding")]
    private readonly Parameter _embedding;

    [ComponentName(Name = "projections")]
    private readonly ModuleList<FeatureProjection> _projections;

    /// <summary>Creates the encoder with Xavier-uniform weights and builds the item graph.</summary>
    /// <param name="userCount">The number of users U.</param>
    /// <param name="features">The features of all items.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The number of modality weights isn't that of the modalities.</exception>
    public FreedomEncoder(int userCount, ModalFeatures features, FreedomOptions? options = null)
        : base(TorchBackend.Require(nameof(FreedomEncoder)))
    {
        _options = options ?? new FreedomOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(userCount);
        ArgumentNullException.ThrowIfNull(features);
        _features = features;
        _userCount = userCount;
        var initialization = new Initialization(_options.Seed);
        _embedding = initialization.XavierUniform(userCount, features.ItemCount, EmbeddingDim);

        // A bias would cancel out between the positive and the negative.
        _projections = FeatureProjection.PerModality(features, EmbeddingDim, initialization, bias: false);
        _itemGraph = ItemGraphs.Combine(features, _options.Neighbors, _options.ModalityWeights);
        RegisterComponents();
    }

    object IHasOptions.Options => _options;

    /// <inheritdoc/>
    public int EmbeddingDim => _options.EmbeddingDim;

    /// <inheritdoc/>
    public UserItemEmbeddings Ego => new(_embedding.ThrowIfDisposed(this).narrow(0, 0, _userCount), _embedding.narrow(0, _userCount, _features.ItemCount));

    /// <inheritdoc/>
    public InteractionGraph ForEpoch(InteractionGraph graph, int epoch)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return _options.EdgeDropout == 0 ? graph : graph.DropEdgesByDegree(_options.EdgeDropout, (_options.Seed * 1_000_003L) + epoch);
    }

    /// <inheritdoc/>
    public override UserItemEmbeddings forward(InteractionGraph graph)
    {
        ObjectDisposedException.ThrowIf(_embedding.IsInvalid, this);
        GraphShape.Check(graph, _userCount, _features.ItemCount);
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings nodes = _propagation.Apply(_embedding, graph.Adjacency, _options.Layers, _userCount, RowSet.All).Mean;
        Tensor similar = Ego.Items;
        for (int layer = 0; layer < _options.ItemLayers; layer++)
            similar = _itemGraph.Propagate(similar);
        return new UserItemEmbeddings(nodes.Users, nodes.Items.Plus(similar)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public HostOutput Compute(InteractionGraph graph, TrainingBatch? batch)
    {
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings output = call(graph);
        var terms = new List<LossTerm>();
        if (batch is not null && _options.ModalLossWeight > 0)
            terms.Add(new LossTerm("modal", ModalLoss(output.Users, batch).MoveToOuterDisposeScope(), _options.ModalLossWeight));
        return new HostOutput(output.MoveToOuterDisposeScope(), terms);
    }

    (HostOutput Output, UserItemEmbeddings? Ego) IBatchHost.ComputeRows(InteractionGraph graph, BatchRows rows)
    {
        GraphShape.Check(graph, _userCount, _features.ItemCount);
        var (mean, ego) = _propagation.Apply(_embedding, graph.Adjacency, _options.Layers, _userCount, new RowSet(rows.Users, rows.Items));
        var output = new UserItemEmbeddings(mean.Users, mean.Items.Plus(SimilarRows(ego.Items, rows)));
        List<LossTerm> terms = _options.ModalLossWeight > 0 ? [new LossTerm("modal", ModalLoss(output.Users, rows.Local, rows), _options.ModalLossWeight)] : [];
        return (new HostOutput(output, terms), ego);
    }

    private Tensor SimilarRows(Tensor ego, BatchRows rows)
    {
        if (_options.ItemLayers == 0)
            return ego;
        if (_options.ItemLayers == 1)
            return _itemGraph.PropagateRows(_embedding, rows.Items, _propagation.Gradient);
        Tensor similar = Ego.Items;
        for (int layer = 1; layer < _options.ItemLayers; layer++)
            similar = _itemGraph.Propagate(similar);
        return _itemGraph.PropagateRows(similar, rows.Items);
    }

    /// <summary>The sum over modalities of the BPR loss between users and projected features (FREEDOM, eq. 14).</summary>
    /// <param name="users">The users that the batch's indices are rows of.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">The rows that its item indices are places in; <see langword="null"/> when they are the items themselves.</param>
    private Tensor ModalLoss(Tensor users, TrainingBatch batch, BatchRows? rows = null)
    {
        // On the CPU, where pairs are read in place: few users meet many items, so lifting the users to the features costs less than projecting the features, unless every user meets every negative.
        bool lifts = OwnKernels.Run(users) && !batch.SharedNegatives;
        TrainingBatch whole = rows?.Whole ?? batch;
        using var pairs = new TrainingBatch(batch.UserArray, [.. whole.PositiveIndices], [.. whole.NegativeIndices], batch.SharedNegatives);
        Tensor? sum = null;
        for (int m = 0; m < _projections.Count; m++)
        {
            Tensor features = _features.Values[m];
            Tensor loss = lifts
                ? RankingLosses.Bpr(_projections[m].Lift(users), features, pairs)
                : RankingLosses.Bpr(users, _projections[m].call(rows is null ? features : features.index_select(0, rows.Whole.RowItems)), batch);
            sum = sum is null ? loss : sum.Plus(loss);
        }

        return sum!;
    }

    void IBatchHost.ReleaseBuffers() => _propagation.Release();
}
