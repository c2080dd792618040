using System.Diagnostics.CodeAnalysis;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
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
/// AlignmentResult step = bma.call(host.call(graph), modal.call(graph, features), batch.Whole);
/// Tensor loss = rankingLoss.Compute(step.Fused, batch.Whole).Plus(step.Loss);
/// </code>
/// </example>
[RequiresUnreferencedCode(Untrimmed.Message)]
public sealed class BehaviorModalAlignment
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
        using DisposeScope scope = NewDisposeScope();
        UserItemEmbeddings ownBehavior = behavior, ownModal = modal;
        if (batch is { Rows.IsAll: false } && Contrasts)
            ((behavior, ownBehavior), (modal, ownModal)) = (Twice(behavior), Twice(modal));
        var fused = new UserItemEmbeddings(
            _options.Fusion.Fuse(behavior.Users, modal.Users, _weights), _options.Fusion.Fuse(behavior.Items, modal.Items, _weights));
        ShapeCheck.ThrowIfMisshapen(_options.Fusion, EmbeddingDim, fused, (int)behavior.Users.shape[0], (int)behavior.Items.shape[0]);
        return new AlignmentResult(fused.MoveToOuterDisposeScope(), batch is null ? [] : Terms(ownBehavior, ownModal, batch));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        base.Dispose(disposing);
    }

    /// <summary>The loss terms, from the rows of the batch's own users and items.</summary>
    private List<LossTerm> Terms(UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows batch)
    {
        BatchRows rows = batch.Batch.Compact;
        if (batch.Rows.IsAll)
            (behavior, modal) = (rows.Rows.Select(behavior), rows.Rows.Select(modal));
        bool intra = _options.IntraWeight > 0, inter = _options.InterWeight > 0;
        var (behaviorUnits, modalUnits) = Contrasts ? (Units(behavior), Units(modal)) : (behavior, modal);
        var (interBehavior, interModal) = (behaviorUnits, modalUnits);
        if (IntraContrasts && InterContrasts)
            ((behaviorUnits, interBehavior), (modalUnits, interModal)) = (Twice(behaviorUnits), Twice(modalUnits));
        var terms = new List<LossTerm>();
        if (intra)
        {
            Tensor value = _options.Intra == IntraAlignmentKind.InfoNce
                ? Contrast(rows, behaviorUnits, modalUnits)
                : Align(rows, behavior).Plus(Align(rows, modal));
            terms.Add(new LossTerm("intra", value.MoveToOuterDisposeScope(), _options.IntraWeight));
        }

        if (inter)
        {
            Tensor value = _options.Inter == InterAlignmentKind.InfoNce
                ? Inter(rows, interBehavior, interModal)
                : Inter(rows, behavior, modal);
            terms.Add(new LossTerm("inter", value.MoveToOuterDisposeScope(), _options.InterWeight));
        }

        return terms;
    }

    private bool IntraContrasts => _options.IntraWeight > 0 && _options.Intra == IntraAlignmentKind.InfoNce;

    private bool InterContrasts => _options.InterWeight > 0 && _options.Inter == InterAlignmentKind.InfoNce;

    private bool Contrasts => IntraContrasts || InterContrasts;

    /// <summary>Rows for two readers.</summary>
    private static (UserItemEmbeddings, UserItemEmbeddings) Twice(UserItemEmbeddings rows)
    {
        Tensor[] users = FanOut.Of(rows.Users, 2), items = FanOut.Of(rows.Items, 2);
        return (new UserItemEmbeddings(users[0], items[0]), new UserItemEmbeddings(users[1], items[1]));
    }

    private static UserItemEmbeddings Units(UserItemEmbeddings line) => new(line.Users.NormalizeRows(), line.Items.NormalizeRows());

    /// <summary>The intra-alignment of both lines, of rows of length 1.</summary>
    private Tensor Contrast(BatchRows batch, UserItemEmbeddings behavior, UserItemEmbeddings modal)
    {
        var (pairs, excluded) = Pairs(batch);
        return ContrastiveLosses.SampledSoftmax(behavior.Users, behavior.Items, pairs, excluded, _options.Temperature)
            .Plus(ContrastiveLosses.SampledSoftmax(modal.Users, modal.Items, pairs, excluded, _options.Temperature));
    }

    /// <summary>The intra-alignment of one line where it isn't contrastive.</summary>
    private Tensor Align(BatchRows batch, UserItemEmbeddings line)
    {
        var (users, items) = batch.OnePerUser();
        Tensor distance = ContrastiveLosses.Cosine(line.Users.SelectRows(users), line.Items.SelectRows(items));
        if (_options.Intra == IntraAlignmentKind.Cosine)
            return distance;
        Tensor spread = ContrastiveLosses.Uniformity(line.Users.SelectRows(batch.SampleDistinctUsers(_options.MaxEntities)))
            .Plus(ContrastiveLosses.Uniformity(line.Items.SelectRows(batch.SampleDistinctItems(_options.MaxEntities))));

        // On the unit sphere the squared distance is twice 1 - cos.
        return distance.Times(2).Plus(spread, 0.5);
    }

    /// <summary>The inter-alignment; of rows of length 1 where it is contrastive.</summary>
    private Tensor Inter(BatchRows batch, UserItemEmbeddings behavior, UserItemEmbeddings modal)
    {
        Tensor Align(Tensor behaviorRows, Tensor modalRows, int[] places)
        {
            Tensor a = (_options.InterGradient == InterAlignmentGradient.Modal ? behaviorRows.detach() : behaviorRows).SelectRows(places);
            Tensor b = (_options.InterGradient == InterAlignmentGradient.Behavior ? modalRows.detach() : modalRows).SelectRows(places);
            return _options.Inter switch
            {
                InterAlignmentKind.InfoNce => ContrastiveLosses.InfoNceOfUnits(a, b, _options.Temperature),
                InterAlignmentKind.Cosine => ContrastiveLosses.Cosine(a, b),
                _ => ContrastiveLosses.MeanVariance(a, b),
            };
        }

        var (users, items) = Entities(batch);
        return Align(behavior.Users, modal.Users, users).Plus(Align(behavior.Items, modal.Items, items));
    }

    void IBatchPreparation.Prepare(InteractionGraph graph, TrainingBatch batch)
    {
        if (IntraContrasts)
            Pairs(batch.Compact);
        if (_options.InterWeight > 0)
            Entities(batch.Compact);
    }

    private Contrasted Pairs(BatchRows batch) => batch.Batch.Once((this, nameof(Pairs)), () =>
    {
        var (users, items) = batch.OnePerUser();
        var (negatives, excluded) = batch.NegativesPerUser(_options.MaxEntities);
        return new Contrasted(new PairIndices(users, items, negatives, Shared: true), excluded);
    });

    private Chosen Entities(BatchRows batch) => batch.Batch.Once((this, nameof(Entities)),
        () => new Chosen(batch.SampleDistinctUsers(_options.MaxEntities), batch.SampleDistinctItems(_options.MaxEntities)));

    private void ThrowIfNotAlike(UserItemEmbeddings behavior, UserItemEmbeddings modal)
    {
        if (behavior.Dimension != _lineDimension || modal.Dimension != _lineDimension)
        {
            throw new ArgumentException(
                $"Alignment expects both lines to have EmbeddingDim {_lineDimension}; "
                + $"behavior has {behavior.Dimension}, modal has {modal.Dimension}.");
        }

        if (behavior.Users.shape[0] != modal.Users.shape[0] || behavior.Items.shape[0] != modal.Items.shape[0])
        {
            throw new ArgumentException(
                "Alignment expects both lines to have the same users and items; "
                + $"behavior has {behavior.Users.shape[0]} and {behavior.Items.shape[0]}, "
                + $"modal has {modal.Users.shape[0]} and {modal.Items.shape[0]}.");
        }
    }

    private sealed record Contrasted(PairIndices Pairs, ExcludedPairs Excluded);

    private sealed record Chosen(int[] Users, int[] Items);
}
