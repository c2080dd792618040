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

/// <summary>Matrix factorisation, one trainable row per user and item; with BPR it's BPR-MF (Rendle et al., arXiv 1205.2618).</summary>
[RequiresUnreferencedCode(Untrimmed.Message)]
public sealed class MatrixFactorizationEncoder : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
{
    private readonly MatrixFactorizationOptions _options;

    [ComponentName(Name = "user_embedding")]
    private readonly Parameter _users;

    [ComponentName(Name = "item_embedding")]
    private readonly Parameter _items;

    /// <summary>Creates the encoder with Xavier-uniform weights.</summary>
    /// <param name="userCount">The number of users U.</param>
    /// <param name="itemCount">The number of items I.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <param name="columns">
    /// Whose columns are where, of processes that train together; <see langword="null"/> for one that has all.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The columns are of another dimension, or a table would have more numbers than an array.
    /// </exception>
    public MatrixFactorizationEncoder(
        int userCount, int itemCount, MatrixFactorizationOptions? options = null, ColumnPartition? columns = null)
        : base(TorchBackend.Require(nameof(MatrixFactorizationEncoder)))
    {
        _options = options ??= new MatrixFactorizationOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(userCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(itemCount);
        EmbeddingDim = options.EmbeddingDim;
        var initialization = new Initialization(options.Seed);
        Columns = columns.ThrowIfOtherDimension(EmbeddingDim);
        _users = columns.Mark(initialization.XavierUniform(userCount, EmbeddingDim, columns?.Own));
        _items = columns.Mark(initialization.XavierUniform(itemCount, EmbeddingDim, columns?.Own));
        RegisterComponents();
    }

    object IBehaviorEncoder.Options => _options;

    /// <inheritdoc/>
    public int EmbeddingDim { get; }

    /// <inheritdoc/>
    public ColumnPartition? Columns { get; }

    /// <inheritdoc/>
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
        UserItemEmbeddings own = rows.Select(Ego!.Value);
        return new EncoderOutput(Columns?.Gather(own, batch) ?? own) { Ego = own };
    }
}
