using System.Diagnostics.CodeAnalysis;
using DRepMRec.Fusions;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec.Alignment;

/// <summary>
/// Behaviour-Modal Alignment (DRepMRec, arXiv 2404.11119): intra-alignment pulls users to their items inside each line, inter-alignment
/// pulls the two representations of the same user, and of the same item, together across the lines, and a simple fusion makes them one.
/// </summary>
/// <remarks>docs/method.md has the formulas, our reading of the paper, which publishes no code. Not safe for use by many threads.</remarks>
/// <example>
/// <code>
/// using var bma = new BehaviorModalAlignment(host.EmbeddingDim);
/// UserItemEmbeddings known = graph.KeepKnown(host.call(graph), RowSet.All, dropout: 0.1, batch.Seed);
/// UserItemEmbeddings content = modal.call(graph.Without(batch.UserIndices, batch.PositiveIndices), features);
/// AlignmentResult step = bma.call(known, content, batch.Whole);
/// Tensor loss = rankingLoss.Compute(step.Fused, batch.Whole).Plus(step.Loss);
/// </code>
/// </example>
[RequiresUnreferencedCode(Untrimmed.Message)]
public sealed partial class BehaviorModalAlignment
    : nn.Module<UserItemEmbeddings, UserItemEmbeddings, BatchRows?, AlignmentResult>, IAlignmentModule, IBatchPreparation
{
    private readonly BmaOptions _options;
    private readonly int _lineDimension;
    private bool _isDisposed;

    [ComponentName(Name = "fusion")]
    private readonly nn.Module? _weights;

    /// <summary>Creates the module.</summary>
    /// <param name="embeddingDim">The dimension D of both lines.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    public BehaviorModalAlignment(int embeddingDim, BmaOptions? options = null)
        : base(TorchBackend.Require(nameof(BehaviorModalAlignment)))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embeddingDim);
        _options = options ?? new BmaOptions();
        _lineDimension = embeddingDim;
        _weights = _options.Fusion.CreateWeights(embeddingDim, _options.Seed);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public int EmbeddingDim => _options.Fusion.Dimension(_lineDimension);

    /// <inheritdoc/>
    public bool FusesByRow => _options.Fusion.FusesByRow;

    object IAlignmentModule.Options => _options;

    /// <inheritdoc/>
    public FusionForm? Export(UserItemEmbeddings behavior) => _options.Fusion.Export(behavior);

    /// <inheritdoc/>
    public override AlignmentResult forward(UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows? batch)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ThrowIfNotAlike(behavior, modal);
        batch?.ThrowIfOtherRows(behavior, nameof(behavior));
        using DisposeScope scope = NewDisposeScope();
        var fused = new UserItemEmbeddings(Fuse(behavior.Users, modal.Users), Fuse(behavior.Items, modal.Items));
        ShapeCheck.ThrowIfMisshapen(_options.Fusion, EmbeddingDim, fused, (int)behavior.Users.shape[0], (int)behavior.Items.shape[0]);
        return new AlignmentResult(fused.MoveToOuterDisposeScope(), batch is null ? [] : Terms(behavior, modal, batch));
    }

    /// <summary>A tensor of its own, also where a fusion gives back a line as it is: that is the caller's.</summary>
    private Tensor Fuse(Tensor behavior, Tensor modal)
    {
        Tensor fused = _options.Fusion.Fuse(behavior, modal, _weights);
        return ReferenceEquals(fused, behavior) || ReferenceEquals(fused, modal) ? fused.alias() : fused;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        base.Dispose(disposing);
    }

    private void ThrowIfNotAlike(UserItemEmbeddings behavior, UserItemEmbeddings modal)
    {
        Tensor[] tables = [behavior.Users, behavior.Items, modal.Users, modal.Items];
        if (!tables.All(table => table.shape is [_, var width] && width == _lineDimension))
        {
            string Widths(UserItemEmbeddings line) => line.Users.shape is [_, var one] && line.Items.shape is [_, var two]
                ? one == two ? $"{one}" : $"{one} for users and {two} for items"
                : $"[{string.Join(", ", line.Users.shape)}] and [{string.Join(", ", line.Items.shape)}]";
            throw new ArgumentException(
                $"Alignment expects both lines to have EmbeddingDim {_lineDimension}; "
                + $"behavior has {Widths(behavior)}, modal has {Widths(modal)}.");
        }

        if (behavior.Users.shape[0] != modal.Users.shape[0] || behavior.Items.shape[0] != modal.Items.shape[0])
        {
            throw new ArgumentException(
                "Alignment expects both lines to have the same users and items; "
                + $"behavior has {behavior.Users.shape[0]} and {behavior.Items.shape[0]}, "
                + $"modal has {modal.Users.shape[0]} and {modal.Items.shape[0]}.");
        }

        TableShape.ThrowIfOtherKind(behavior.Items, behavior.Users, nameof(behavior));
        TableShape.ThrowIfOtherKind(modal.Users, behavior.Users, nameof(modal));
        TableShape.ThrowIfOtherKind(modal.Items, behavior.Users, nameof(modal));
    }
}
