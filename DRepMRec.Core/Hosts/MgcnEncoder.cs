using System.Diagnostics.CodeAnalysis;
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
/// MGCN (Yu et al., MM 2023, arXiv 2308.03588): item embeddings purified by each modality propagate over that modality's item graph;
/// attention splits the modalities into what they share and what each has of its own; behaviour gates the latter, and a contrast ties this
/// side representation to LightGCN's.
/// </summary>
/// <remarks>Reads the features and leaves them to the caller, who must keep them until the encoder is no longer used.</remarks>
[RequiresUnreferencedCode(Untrimmed.Message)]
public sealed class MgcnEncoder : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder, IBatchPreparation
{
    private readonly MgcnOptions _options;
    private readonly ModalFeatures _features;
    private readonly int _userCount;
    private readonly CsrMatrix[] _itemGraphs;
    private readonly BatchPropagation _propagation = new();

    [ComponentName(Name = "embedding")]
    private readonly Parameter _embedding;

    [ComponentName(Name = "projections")]
    private readonly ModuleList<FeatureProjection> _projections;

    [ComponentName(Name = "purifiers")]
    private readonly ModuleList<FeatureProjection> _purifiers;

    [ComponentName(Name = "preferences")]
    private readonly ModuleList<FeatureProjection> _preferences;

    [ComponentName(Name = "attention")]
    private readonly FeatureProjection _attention;

    [ComponentName(Name = "attention_query")]
    private readonly FeatureProjection _query;

    /// <summary>Creates the encoder with Xavier-uniform weights and builds the item graphs.</summary>
    /// <param name="userCount">The number of users U.</param>
    /// <param name="features">The features of all items; validation on TikTok prefers <see cref="FeatureScaling.None"/>.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The table would have more numbers than an array.</exception>
    public MgcnEncoder(int userCount, ModalFeatures features, MgcnOptions? options = null)
        : base(TorchBackend.Require(nameof(MgcnEncoder)))
    {
        _options = options ?? new MgcnOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(userCount);
        ArgumentNullException.ThrowIfNull(features);
        _features = features;
        _userCount = userCount;
        var initialization = new Initialization(_options.Seed);
        ModuleList<FeatureProjection> Squares()
            => new([.. features.Sources.Select(_ => new FeatureProjection(EmbeddingDim, EmbeddingDim, initialization))]);

        _embedding = initialization.XavierUniform(userCount, features.ItemCount, EmbeddingDim);
        _projections = FeatureProjection.PerModality(features, EmbeddingDim, initialization);
        _purifiers = Squares();
        _preferences = Squares();
        _attention = new FeatureProjection(EmbeddingDim, EmbeddingDim, initialization);
        _query = new FeatureProjection(EmbeddingDim, 1, initialization, bias: false);
        _itemGraphs =
        [
            .. Enumerable.Range(0, features.ModalityCount)
                .Select(m => ItemGraphs.OfModality(features, m, _options.Neighbors, weighted: true)),
        ];
        RegisterComponents();
    }

    object IBehaviorEncoder.Options => _options;

    /// <inheritdoc/>
    public ModalFeatures Features => _features;

    /// <inheritdoc/>
    /// <remarks>Content reaches items over the item graph alone.</remarks>
    public bool KnowsColdItems => _options.ItemLayers > 0;

    /// <inheritdoc/>
    public bool HasModalRepresentation => true;

    /// <inheritdoc/>
    public int EmbeddingDim => _options.EmbeddingDim;

    /// <inheritdoc/>
    public UserItemEmbeddings? Ego => new UserItemEmbeddings(_embedding.ThrowIfDisposed(this).narrow(0, 0, _userCount), EgoItems);

    private Tensor EgoItems => _embedding.narrow(0, _userCount, _features.ItemCount);

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
        Tensor egoItems = ItemRows(graph, rows); // First, so that its gradient comes last: it is added to that of all rows.
        var (content, ego) = _propagation.Apply(_embedding, graph.Adjacency, _options.Layers, _userCount, rows, Reach(graph, rows, batch));
        if (!training)
            content = graph.KeepKnown(content, rows);
        CsrMatrix interactions = graph.NormalizedInteractions;
        Tensor[] users = new Tensor[_itemGraphs.Length], items = new Tensor[_itemGraphs.Length];
        for (int m = 0; m < items.Length; m++)
        {
            Tensor all = Purify(egoItems, m);
            items[m] = rows.IsAll ? all : all.SelectRows(rows.Items);
            users[m] = rows.IsAll ? interactions.Propagate(all) : interactions.PropagateRows(all, rows.Users.ToArray());
        }

        var side = new UserItemEmbeddings(Merge(users, content.Users), Merge(items, content.Items));
        bool hasLoss = batch is not null && _options.ContrastWeight > 0;
        return new EncoderOutput(new UserItemEmbeddings(content.Users.Plus(side.Users), content.Items.Plus(side.Items)))
        {
            Ego = ego,
            Modal = side,
            Terms = hasLoss ? [new LossTerm("contrast", Contrast(side, content, batch!), _options.ContrastWeight)] : [],
        };
    }

    void IBatchPreparation.Prepare(InteractionGraph graph, TrainingBatch batch) => Reach(graph, batch.Compact.Rows, batch.Compact);

    /// <inheritdoc/>
    public void ReleaseBuffers() => _propagation.Release();

    /// <summary>The item embeddings, of which inference takes those that training reaches.</summary>
    private Tensor ItemRows(InteractionGraph graph, RowSet rows)
    {
        if (!training)
            return ItemGraphs.KeepReached(EgoItems, graph, _itemGraphs, _options.ItemLayers);
        return rows.IsAll ? EgoItems : LeafBlockFunction.Apply(_embedding, _features.ItemCount, _propagation.Gradient);
    }

    /// <summary>The item embeddings, gated by a modality's features and spread over its graph (MGCN, eq. 2 to 6).</summary>
    private Tensor Purify(Tensor ego, int modality)
    {
        Tensor projected = _projections[modality].call(_features.Values[modality]);
        Tensor items = GateFunction.Apply(ego, _purifiers[modality].call(projected));
        for (int layer = 0; layer < _options.ItemLayers; layer++)
            items = _itemGraphs[modality].Propagate(items);
        return items;
    }

    /// <summary>The modalities' common part, plus their own parts as far as behaviour prefers them; averaged (MGCN, eq. 8 to 12).</summary>
    /// <param name="modalities">The rows of each modality.</param>
    /// <param name="content">The rows of behaviour.</param>
    private Tensor Merge(Tensor[] modalities, Tensor content)
    {
        Tensor[] scores = [.. modalities.Select(m => _query.Attend(_attention.call(m)))];
        return MixtureFunction.Apply(modalities, scores, [.. _preferences.Select(p => p.call(content))]);
    }

    private Tensor Contrast(UserItemEmbeddings side, UserItemEmbeddings content, BatchRows batch)
    {
        Tensor One(Tensor sideRows, Tensor contentRows, ReadOnlySpan<int> places)
            => ContrastiveLosses.InfoNceOneWay(sideRows, contentRows, places, _options.Temperature);
        return One(side.Items, content.Items, batch.DistinctItems).Plus(One(side.Users, content.Users, batch.DistinctUsers));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ReleaseBuffers();
            Propagation.Release(_itemGraphs);
        }

        base.Dispose(disposing);
    }

    private BatchReach? Reach(InteractionGraph graph, RowSet rows, BatchRows? batch)
        => batch is null || rows.IsAll ? null : batch.Batch.Reach(this, graph.Adjacency, _options.Layers, _userCount, rows);
}
