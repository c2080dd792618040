using System.Diagnostics.CodeAnalysis;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec.Hosts;

/// <summary>
/// VBPR (He and McAuley, AAAI 2016, arXiv 1510.01784), without its bias terms: an item is [id embedding, projected features], a user [id
/// embedding, preference], the score their dot product.
/// </summary>
/// <remarks>Reads the features and leaves them to the caller, who must keep them until the encoder is no longer used.</remarks>
[RequiresUnreferencedCode(Untrimmed.Message)]
public sealed class VbprEncoder : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
{
    private readonly VbprOptions _options;
    private readonly ModalFeatures _features;

    [ComponentName(Name = "user_embedding")]
    private readonly Parameter _users;

    [ComponentName(Name = "item_embedding")]
    private readonly Parameter _items;

    [ComponentName(Name = "projections")]
    private readonly ModuleList<FeatureProjection> _projections;

    /// <summary>Creates the encoder with Xavier-uniform weights.</summary>
    /// <param name="userCount">The number of users U.</param>
    /// <param name="features">The features of all items.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    public VbprEncoder(int userCount, ModalFeatures features, VbprOptions? options = null)
        : base(TorchBackend.Require(nameof(VbprEncoder)))
    {
        _options = options ??= new VbprOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(userCount);
        ArgumentNullException.ThrowIfNull(features);
        _features = features;
        EmbeddingDim = 2 * options.EmbeddingDim;
        var initialization = new Initialization(options.Seed);
        _users = initialization.XavierUniform(userCount, EmbeddingDim);
        _items = initialization.XavierUniform(features.ItemCount, options.EmbeddingDim);
        _projections = FeatureProjection.PerModality(features, options.EmbeddingDim, initialization);
        RegisterComponents();
    }

    object IBehaviorEncoder.Options => _options;

    /// <inheritdoc/>
    public ModalFeatures Features => _features;

    /// <inheritdoc/>
    public bool KnowsColdItems => true;

    /// <inheritdoc/>
    public int EmbeddingDim { get; }

    /// <summary>The trainable rows: [U, 2 D] and [I, D].</summary>
    public UserItemEmbeddings? Ego => new UserItemEmbeddings(_users.ThrowIfDisposed(this).alias(), _items.alias());

    /// <inheritdoc/>
    public override UserItemEmbeddings forward(InteractionGraph graph)
    {
        ObjectDisposedException.ThrowIf(_users.IsInvalid, this);
        ShapeCheck.ThrowIfOtherSize(graph, (int)_users.shape[0], (int)_items.shape[0]);
        using DisposeScope scope = NewDisposeScope();
        Tensor content = _projections[0].call(_features.Values[0]);
        for (int m = 1; m < _projections.Count; m++)
            content = content.Plus(_projections[m].call(_features.Values[m]));
        var known = new UserItemEmbeddings(_users.alias(), _items.alias());
        if (!training)
            known = graph.KeepKnown(known, RowSet.All);
        return new UserItemEmbeddings(known.Users, cat([known.Items, content], 1)).MoveToOuterDisposeScope();
    }
}
