using System.Diagnostics.CodeAnalysis;
using DRepMRec.Collectives;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Losses;
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
    /// <param name="columns">
    /// Whose columns of each half are where, of processes that train together: a partition of the D of the options. Each process has its
    /// columns of ids and preferences, and projects features to them. <see langword="null"/> for one that has all.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The columns are of another dimension, or it isn't a multiple of 16, or a table would have more numbers than an array.
    /// </exception>
    public VbprEncoder(int userCount, ModalFeatures features, VbprOptions? options = null, ColumnPartition? columns = null)
        : base(TorchBackend.Require(nameof(VbprEncoder)))
    {
        _options = options ??= new VbprOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(userCount);
        ArgumentNullException.ThrowIfNull(features);
        _features = features;
        if (options.EmbeddingDim > Array.MaxLength / 2)
        {
            throw new ArgumentException(
                $"Expected rows of at most {Array.MaxLength} numbers, got twice {options.EmbeddingDim}.", nameof(options));
        }

        EmbeddingDim = 2 * options.EmbeddingDim;
        Columns = ThrowIfBlocksAreCut(columns.ThrowIfOtherDimension(options.EmbeddingDim));
        var initialization = new Initialization(options.Seed);
        _users = columns.Mark(initialization.XavierUniform(userCount, EmbeddingDim, columns?.Own, parts: 2));
        _items = columns.Mark(initialization.XavierUniform(features.ItemCount, options.EmbeddingDim, columns?.Own));
        _projections = FeatureProjection.PerModality(features, options.EmbeddingDim, initialization, columns: columns);
        RegisterComponents();
    }

    object IBehaviorEncoder.Options => _options;

    /// <inheritdoc/>
    public ModalFeatures Features => _features;

    /// <inheritdoc/>
    public bool KnowsColdItems => true;

    /// <inheritdoc/>
    public int EmbeddingDim { get; }

    /// <inheritdoc/>
    public ColumnPartition? Columns { get; }

    /// <summary>The trainable rows: [U, 2 D] and [I, D].</summary>
    public UserItemEmbeddings? Ego => new UserItemEmbeddings(_users.ThrowIfDisposed(this).alias(), _items.alias());

    /// <inheritdoc/>
    public override UserItemEmbeddings forward(InteractionGraph graph)
    {
        using DisposeScope scope = NewDisposeScope();
        return Encode(graph, RowSet.All, null).Embeddings.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public EncoderOutput Encode(InteractionGraph graph, RowSet rows, BatchRows? batch)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ObjectDisposedException.ThrowIf(_users.IsInvalid, this);
        ShapeCheck.ThrowIfOtherSize(graph, (int)_users.shape[0], (int)_items.shape[0]);
        UserItemEmbeddings ego = rows.Select(Ego!.Value);
        UserItemEmbeddings known = training ? ego : rows.Select(graph.KeepKnown(Ego!.Value, RowSet.All));
        Tensor content = training ? Content(rows) : KeepKnown(Content(rows), graph, rows);
        var own = new UserItemEmbeddings(known.Users, cat([known.Items, content], 1));
        return new EncoderOutput(Columns?.Gather(own, batch) ?? own) { Ego = ego };
    }

    /// <summary>The sum of the projected features of the items that are asked for: no other item's are projected.</summary>
    private Tensor Content(RowSet rows)
    {
        Tensor Projected(int modality)
        {
            Tensor features = _features.Values[modality];
            return _projections[modality].call(rows.IsAll ? features : features.SelectRows(rows.Items));
        }

        Tensor content = Projected(0);
        for (int m = 1; m < _projections.Count; m++)
            content = content.Plus(Projected(m));
        return content;
    }

    /// <summary>Zeros for items of which nothing is known, neither users nor features: what is projected of them is the bias.</summary>
    private Tensor KeepKnown(Tensor content, InteractionGraph graph, RowSet rows)
    {
        int[] items = rows.IsAll ? [.. Enumerable.Range(0, graph.ItemCount)] : rows.Items.ToArray();
        float[] kept = Array.ConvertAll(
            items, item => graph.ItemDegrees[item] > 0 || _features.Sources.Any(source => source.Present[item]) ? 1f : 0f);
        return kept.Contains(0f) ? content * tensor(kept, kept.Length, 1, device: CPU).to(content.device) : content;
    }

    /// <summary>Refuses columns whose blocks would go over from one half of a row to the other.</summary>
    private static ColumnPartition? ThrowIfBlocksAreCut(ColumnPartition? columns)
        => columns is null || columns.Dimension % ColumnPartition.BlockSize == 0
            ? columns
            : throw new ArgumentException(
                $"Expected an EmbeddingDim that is a multiple of {ColumnPartition.BlockSize}, so that each half of VBPR's rows has whole "
                + $"blocks of columns, got {columns.Dimension}.", nameof(columns));
}
