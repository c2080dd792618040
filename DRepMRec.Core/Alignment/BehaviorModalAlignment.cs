using DRepMRec.Fusions;
using DRepMRec.Internals;
using DRepMRec.Losses;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec.Alignment;

/// <summary>
/// Behaviour-Modal Alignment (DRepMRec, arXiv 2404.11119): intra-alignment pulls users to their items inside each line, inter-alignment pulls the two representations of the same user,
/// and of the same item, together across the lines, and a simple fusion makes them one.
/// </summary>
/// <remarks>The formulas are our reading of the paper, which publishes no code; docs/method.md has them. Use it with the <see cref="Trainer"/> or in a training loop of your own.</remarks>
public sealed partial class BehaviorModalAlignment : nn.Module<UserItemEmbeddings, UserItemEmbeddings, TrainingBatch?, AlignmentResult>, IAlignmentModule
{
    private readonly BmaOptions _options;
    private readonly int _inputDim;
    private bool _isDisposed;

    [ComponentName(Name = "gate_weight")]
    private readonly Parameter? _gate;

    [ComponentName(Name = "gate_bias")]
    private readonly Parameter? _gateBias;

    /// <summary>Creates the module.</summary>
    /// <param name="embeddingDim">The dimension D of both lines.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    public BehaviorModalAlignment(int embeddingDim, BmaOptions? options = null)
        : base(TorchBackend.Require(nameof(BehaviorModalAlignment)))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embeddingDim);
        _options = options ?? new BmaOptions();
        _inputDim = embeddingDim;
        if (_options.Fusion == FusionKind.LearnedGate)
        {
            _gate = new Initialization(_options.Seed).XavierUniform(embeddingDim, 2 * embeddingDim);
            _gateBias = Initialization.Zeros(embeddingDim);
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public int EmbeddingDim => _options.Fusion.Dimension(_inputDim);

    /// <summary>Whether a fused row depends on no other row, so that rows may be fused without the rest of their tables.</summary>
    internal bool FusesByRow => _options.Fusion != FusionKind.MatchedSum;

    /// <inheritdoc/>
    public override AlignmentResult forward(UserItemEmbeddings behavior, UserItemEmbeddings modal, TrainingBatch? batch)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Check(behavior, modal);
        using DisposeScope scope = NewDisposeScope();
        var fused = new UserItemEmbeddings(Fuse(behavior.Users, modal.Users), Fuse(behavior.Items, modal.Items));
        var terms = new List<LossTerm>();
        if (batch is not null && _options.IntraWeight > 0)
            terms.Add(new LossTerm("intra", Intra(behavior, modal, batch).MoveToOuterDisposeScope(), _options.IntraWeight));
        if (batch is not null && _options.InterWeight > 0)
            terms.Add(new LossTerm("inter", Inter(behavior, modal, batch).MoveToOuterDisposeScope(), _options.InterWeight));
        return new AlignmentResult(fused.MoveToOuterDisposeScope(), terms);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        base.Dispose(disposing);
    }

    private Tensor Intra(UserItemEmbeddings behavior, UserItemEmbeddings modal, TrainingBatch batch)
    {
        var (userIndices, itemIndices) = batch.OnePerUser;
        Tensor Align(UserItemEmbeddings line)
        {
            Tensor users = line.Users.index_select(0, userIndices), items = line.Items.index_select(0, itemIndices);
            switch (_options.Intra)
            {
                case IntraAlignmentKind.Cosine:
                    return AlignmentLosses.Cosine(users, items);
                case IntraAlignmentKind.AlignmentUniformity:
                    Tensor spread = AlignmentLosses.Uniformity(line.Users.index_select(0, batch.SampleDistinctUsers(_options.MaxEntities)))
                        .Plus(AlignmentLosses.Uniformity(line.Items.index_select(0, batch.SampleDistinctItems(_options.MaxEntities))));
                    return AlignmentLosses.SquaredDistance(users, items).Plus(spread, 0.5);
                default:
                    var (negatives, excluded) = batch.NegativesPerUser(_options.MaxEntities);
                    return RankingLosses.SampledSoftmax(users.NormalizeRows(), items.NormalizeRows(), line.Items.index_select(0, negatives).NormalizeRows(), excluded, _options.Temperature);
            }
        }

        return Align(behavior).Plus(Align(modal));
    }

    private Tensor Inter(UserItemEmbeddings behavior, UserItemEmbeddings modal, TrainingBatch batch)
    {
        Tensor Align(Tensor behaviorRows, Tensor modalRows, Tensor distinct)
        {
            Tensor a = behaviorRows.index_select(0, distinct), b = modalRows.index_select(0, distinct);
            a = _options.InterGradient == InterAlignmentGradient.Modal ? a.detach() : a;
            b = _options.InterGradient == InterAlignmentGradient.Behavior ? b.detach() : b;
            return _options.Inter switch
            {
                InterAlignmentKind.InfoNce => AlignmentLosses.InfoNce(a, b, _options.Temperature),
                InterAlignmentKind.Cosine => AlignmentLosses.Cosine(a, b),
                _ => AlignmentLosses.MeanVariance(a, b),
            };
        }

        return Align(behavior.Users, modal.Users, batch.SampleDistinctUsers(_options.MaxEntities)).Plus(Align(behavior.Items, modal.Items, batch.SampleDistinctItems(_options.MaxEntities)));
    }

    private Tensor Fuse(Tensor behavior, Tensor modal)
    {
        switch (_options.Fusion)
        {
            case FusionKind.Sum: return behavior.Plus(modal, _options.ModalWeight);
            case FusionKind.Mean: return behavior.Plus(modal, _options.ModalWeight).Times(0.5);
            case FusionKind.Concatenation: return cat([behavior, modal.Times(_options.ModalWeight)], 1);
            case FusionKind.NormalizedSum: return behavior.NormalizeRows().Plus(modal.NormalizeRows() * NormalizedWeight(behavior.detach()));
            case FusionKind.NormalizedConcatenation:
                Tensor unit = modal.NormalizeRows();
                return cat([behavior.NormalizeRows().Plus(unit * IsZero(behavior.detach())), unit.Times(_options.ModalWeight)], 1);
            case FusionKind.MatchedSum: return behavior.Plus(modal.NormalizeRows() * MeanLength(behavior.detach()), _options.ModalWeight);
            default:
                Tensor gate = nn.functional.linear(cat([behavior, modal], 1), _gate!, _gateBias).sigmoid();
                return modal.Plus(gate * (behavior - modal));
        }
    }

    /// <summary>[N, 1]: the modal weight for rows that have behaviour, the cold one for those that don't.</summary>
    private Tensor NormalizedWeight(Tensor behavior) => IsZero(behavior).Times(_options.ColdModalWeight - _options.ModalWeight).Plus(_options.ModalWeight);

    /// <summary>[N, 1]: 1 for rows of zeros, 0 for others.</summary>
    private static Tensor IsZero(Tensor rows) => rows.RowDot(rows).sign().unsqueeze(1).Times(-1).Plus(1);

    /// <summary>The mean length of the rows that aren't zero.</summary>
    private static Tensor MeanLength(Tensor rows)
    {
        Tensor lengths = rows.RowDot(rows).sqrt();
        return lengths.sum() / lengths.sign().sum().Plus(1e-12);
    }

    private void Check(UserItemEmbeddings behavior, UserItemEmbeddings modal)
    {
        if (behavior.Dimension != _inputDim || modal.Dimension != _inputDim)
            throw new ArgumentException($"Alignment expects both lines to have EmbeddingDim {_inputDim}; behavior has {behavior.Dimension}, modal has {modal.Dimension}.");
        if (behavior.Users.shape[0] != modal.Users.shape[0] || behavior.Items.shape[0] != modal.Items.shape[0])
        {
            throw new ArgumentException($"Alignment expects both lines to have the same users and items; behavior has {behavior.Users.shape[0]} and {behavior.Items.shape[0]}, "
                + $"modal has {modal.Users.shape[0]} and {modal.Items.shape[0]}.");
        }
    }
}
