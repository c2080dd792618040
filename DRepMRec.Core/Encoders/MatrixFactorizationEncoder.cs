using System.Diagnostics.CodeAnalysis;
using DRepMRec.Graphs;
using DRepMRec.Internals;
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
    public MatrixFactorizationEncoder(int userCount, int itemCount, MatrixFactorizationOptions? options = null)
        : base(TorchBackend.Require(nameof(MatrixFactorizationEncoder)))
    {
        _options = options ??= new MatrixFactorizationOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(userCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(itemCount);
        EmbeddingDim = options.EmbeddingDim;
        var initialization = new Initialization(options.Seed);
        _users = initialization.XavierUniform(userCount, EmbeddingDim);
        _items = initialization.XavierUniform(itemCount, EmbeddingDim);
        RegisterComponents();
    }

    object IBehaviorEncoder.Options => _options;

    /// <inheritdoc/>
    public int EmbeddingDim { get; }

    /// <inheritdoc/>
    public UserItemEmbeddings? Ego => new UserItemEmbeddings(_users.ThrowIfDisposed(this).alias(), _items.alias());

    /// <inheritdoc/>
    public override UserItemEmbeddings forward(InteractionGraph graph)
    {
        ObjectDisposedException.ThrowIf(_users.IsInvalid, this);
        ShapeCheck.ThrowIfOtherSize(graph, (int)_users.shape[0], (int)_items.shape[0]);
        return new UserItemEmbeddings(_users.alias(), _items.alias());
    }
}
