using DRepMRec.Alignment;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Losses;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>
/// A behaviour encoder and, where there is content, a modal encoder, the Similarity-Supervised Signal and Behaviour-Modal Alignment, over one dataset: DRepMRec (arXiv 2404.11119), or a host
/// recommender with or without BMA.
/// </summary>
/// <remarks>
/// Owns its modules and features until it is disposed. Not safe for use by many threads. Without a modal line it is the behaviour encoder and nothing else. Training computes the rows that a batch needs instead of all: the same loss and gradients up to the rounding of sums.
/// </remarks>
public sealed partial class DRepMRecModel : nn.Module<TrainingBatch?, ModelOutput>
{
    [ComponentName(Name = "behavior")]
    private readonly nn.Module _behaviorModule;

    [ComponentName(Name = "modal")]
    private readonly nn.Module? _modalModule;

    [ComponentName(Name = "alignment")]
    private readonly nn.Module? _alignmentModule;

    private readonly ModalLine? _modalLine;
    private readonly float[] _itemKnown;
    private InteractionGraph? _epochGraph;

    internal DRepMRecModel(RecDataset data, IBehaviorEncoder behavior, RankingLoss loss, ModalLine? modalLine = null)
        : base(TorchBackend.Require(nameof(DRepMRecModel)))
    {
        Graph = new InteractionGraph(data.Train);
        Loss = loss;
        _behaviorModule = AsModule(behavior);
        _modalLine = modalLine;
        _itemKnown = [.. Graph.ItemDegrees.Select(d => d > 0 ? 1f : 0f)];
        if (modalLine is not null)
        {
            _modalModule = modalLine.Encoder is null ? null : AsModule(modalLine.Encoder);
            _alignmentModule = AsModule(modalLine.Alignment);
            if (modalLine.Encoder is { } modal && modal.EmbeddingDim != behavior.EmbeddingDim)
                throw new ArgumentException($"Alignment expects both encoders to have the same EmbeddingDim; behavior has {behavior.EmbeddingDim}, modal has {modal.EmbeddingDim}.");
        }

        RegisterComponents();
    }

    /// <summary>The options it was made with.</summary>
    internal DRepMRecOptions? Options { get; private init; }

    internal bool IsDisposed { get; private set; }

    /// <summary>The training graph.</summary>
    public InteractionGraph Graph { get; }

    /// <summary>What the model learns to rank by.</summary>
    public RankingLoss Loss { get; }

    /// <summary>The behaviour encoder.</summary>
    public IBehaviorEncoder BehaviorEncoder => (IBehaviorEncoder)_behaviorModule;

    /// <summary>The modal encoder, if there is a modal line.</summary>
    public IModalEncoder? ModalEncoder => _modalLine?.Encoder;

    /// <summary>The features of the modal line, if there is one.</summary>
    public ModalFeatures? Features => _modalLine?.Features;

    /// <summary>Creates DRepMRec for a dataset: LightGCN, the modal line over all modalities of the dataset, the Similarity-Supervised Signal and BMA.</summary>
    /// <param name="data">The dataset. Without features the model is LightGCN.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="TorchBackendException">libtorch can't be loaded.</exception>
    public static DRepMRecModel Create(RecDataset data, DRepMRecOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new DRepMRecOptions();
        return Create(data, new LightGcnEncoder(data.Users.Count, data.Items.Count, new LightGcnOptions { EmbeddingDim = options.EmbeddingDim, Layers = options.Layers, Seed = options.Seed }), options);
    }

    /// <summary>Creates a model around a behaviour encoder, built in or your own: with a modal line, the Similarity-Supervised Signal and BMA where the options have them and the dataset has features, otherwise alone.</summary>
    /// <param name="data">The dataset.</param>
    /// <param name="host">A TorchSharp module; the model owns it from now on. Its EmbeddingDim is that of the modal line too.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults; EmbeddingDim and Layers, which the host has settled, aren't read.</param>
    /// <exception cref="ArgumentException">The host isn't a module, or gives no modal representation though the options ask for it.</exception>
    public static DRepMRecModel Create(RecDataset data, IBehaviorEncoder host, DRepMRecOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(host);
        options ??= new DRepMRecOptions();
        if (options.UseHostModal && host is not IHostRecommender)
            throw new ArgumentException($"UseHostModal needs a host with a modal representation of its own ({nameof(IHostRecommender)}); {host.GetType().Name} isn't one.", nameof(host));
        ModalLine? modal = options.UseModalLine && data.Features.Count > 0 ? ModalLine.Create(data, host.EmbeddingDim, options) : null;
        return new DRepMRecModel(data, host, options.Loss, modal) { Options = options };
    }

    /// <summary>Creates a model of parts that may all be your own: a behaviour encoder, a modal encoder and an alignment module.</summary>
    /// <param name="data">The dataset, with at least one modality.</param>
    /// <param name="behavior">The behaviour encoder.</param>
    /// <param name="modal">The modal encoder; its EmbeddingDim is that of the behaviour encoder.</param>
    /// <param name="alignment">The alignment module.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults; those of the parts given here aren't read.</param>
    /// <remarks>The three are TorchSharp modules, and the model owns them from now on.</remarks>
    /// <exception cref="ArgumentException">The dataset has no features, a part isn't a module, or the dimensions differ.</exception>
    public static DRepMRecModel Create(RecDataset data, IBehaviorEncoder behavior, IModalEncoder modal, IAlignmentModule alignment, DRepMRecOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(behavior);
        ArgumentNullException.ThrowIfNull(modal);
        ArgumentNullException.ThrowIfNull(alignment);
        options ??= new DRepMRecOptions();
        if (data.Features.Count == 0)
            throw new ArgumentException($"A modal encoder needs content: expected at least one modality in the dataset '{data.Name}', got none.", nameof(data));
        return new DRepMRecModel(data, behavior, options.Loss, ModalLine.Create(data, modal, alignment, options)) { Options = options };
    }

    /// <inheritdoc/>
    /// <summary>Computes the representations of all users and items and, given a batch, the loss terms of the lines beside the ranking loss.</summary>
    public override ModelOutput forward(TrainingBatch? batch)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        using DisposeScope scope = NewDisposeScope();
        InteractionGraph graph = batch is not null && training ? _epochGraph ?? Graph : Graph;
        HostOutput host = BehaviorEncoder is IHostRecommender recommender ? recommender.Compute(graph, batch) : new HostOutput(BehaviorEncoder.call(graph), []);
        UserItemEmbeddings output = host.Embeddings;
        var terms = new List<LossTerm>(host.Terms);
        if (_modalLine is not null)
        {
            UserItemEmbeddings modal = Modal(_modalLine, host, batch);
            AlignmentResult aligned = _modalLine.Alignment.call(new UserItemEmbeddings(HideColdUsers(output.Users), HideItems(output.Items, _modalLine, batch)), modal, batch);
            output = aligned.Fused;
            terms.AddRange(aligned.Terms);
            if (batch is not null && _modalLine.Signal.Weight > 0)
                terms.Add(new LossTerm("sss", _modalLine.Signal.Compute(modal.Items, _modalLine.Features, batch), _modalLine.Signal.Weight));
        }

        foreach (LossTerm term in terms)
            term.Value.MoveToOuterDisposeScope();
        return new ModelOutput(output.MoveToOuterDisposeScope(), terms);
    }

    /// <summary>What a training step needs of <see cref="forward"/>: the rows of a batch, and the ego embeddings of those rows if the behaviour encoder has such.</summary>
    internal (ModelOutput Output, UserItemEmbeddings? Ego) ComputeRows(BatchRows rows)
    {
        if (_modalLine is { Alignment: not BehaviorModalAlignment { FusesByRow: true } })
        {
            ModelOutput whole = call(rows.Whole);
            return (whole with { Embeddings = rows.Select(whole.Embeddings) }, EgoRows(rows));
        }

        (HostOutput host, UserItemEmbeddings? ego) = HostRows(_epochGraph ?? Graph, rows);
        UserItemEmbeddings output = host.Embeddings;
        var terms = new List<LossTerm>(host.Terms);
        if (_modalLine is not null)
        {
            UserItemEmbeddings modal = ModalRows(_modalLine, host, rows);
            var visible = new UserItemEmbeddings(HideColdUsers(output.Users, rows), HideItems(output.Items, _modalLine, rows));
            AlignmentResult aligned = _modalLine.Alignment.call(visible, modal, rows.Local);
            output = aligned.Fused;
            terms.AddRange(aligned.Terms);
            if (_modalLine.Signal.Weight > 0)
                terms.Add(new LossTerm("sss", _modalLine.Signal.ComputeRows(modal.Items, _modalLine.Features, rows), _modalLine.Signal.Weight));
        }

        return (new ModelOutput(output, terms), ego);
    }

    private (HostOutput Output, UserItemEmbeddings? Ego) HostRows(InteractionGraph graph, BatchRows rows)
    {
        if (BehaviorEncoder is IBatchHost host)
            return host.ComputeRows(graph, rows);
        HostOutput whole = Host(graph, rows.Whole);
        UserItemEmbeddings? modal = whole.Modal is { } all ? rows.Select(all) : null;
        return (new HostOutput(rows.Select(whole.Embeddings), whole.Terms, modal), EgoRows(rows));
    }

    private HostOutput Host(InteractionGraph graph, TrainingBatch? batch)
    {
        HostOutput output = BehaviorEncoder is IHostRecommender recommender ? recommender.Compute(graph, batch) : new HostOutput(BehaviorEncoder.call(graph), []);
        GraphShape.CheckOutput(BehaviorEncoder, output.Embeddings, graph);
        return output;
    }

    private UserItemEmbeddings? EgoRows(BatchRows rows) => BehaviorEncoder is IEgoEmbeddings ego ? rows.Select(ego.Ego) : null;

    private UserItemEmbeddings ModalRows(ModalLine line, HostOutput host, BatchRows rows)
        => line.Encoder is null ? Modal(line, host, rows.Whole)
            : line.Encoder is ModalEncoder encoder ? encoder.ComputeRows(Graph, line.Features, rows, line.HideTargets)
            : rows.Select(Modal(line, host, rows.Whole));

    /// <summary>Chooses the graph that an epoch trains on (<see cref="ITrainingGraph"/>).</summary>
    internal void BeginEpoch(int epoch) => _epochGraph = (BehaviorEncoder as ITrainingGraph)?.ForEpoch(Graph, epoch);

    /// <summary>Frees what training kept from step to step.</summary>
    internal void EndTraining()
    {
        _epochGraph = null;
        (BehaviorEncoder as IBatchHost)?.ReleaseBuffers();
    }

    private UserItemEmbeddings Modal(ModalLine line, HostOutput host, TrainingBatch? batch)
    {
        if (line.Encoder is null)
            return host.Modal ?? throw new InvalidOperationException($"UseHostModal needs {BehaviorEncoder.GetType().Name} to return a modal representation; it returned none.");
        bool hides = line.HideTargets && batch is not null && training;
        return line.Encoder.call(hides ? Graph.Without(batch!.UserIndices, batch.PositiveIndices) : Graph, line.Features);
    }

    /// <summary>The final representations of all users and items, without gradients; their dot products are the model's scores.</summary>
    /// <remarks>The caller owns the two tensors.</remarks>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public UserItemEmbeddings Embed()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return AtInference(() =>
        {
            UserItemEmbeddings fused = call(null).Embeddings;
            if (Loss.Score == ScoreFunction.Cosine)
                fused = new UserItemEmbeddings(fused.Users.NormalizeRows(), fused.Items.NormalizeRows());
            return new UserItemEmbeddings(fused.Users.contiguous(), fused.Items.contiguous()).MoveToOuterDisposeScope();
        });
    }

    /// <inheritdoc/>
    protected override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
    {
        _modalLine?.Features.MoveTo(new Device(deviceType, deviceIndex));
        return base._to(deviceType, deviceIndex, non_blocking);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        if (disposing)
            _modalLine?.Features.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Nothing is known of the behaviour of items without a training interaction: their rows become 0, so that the modal line speaks for them. In training a share of the others joins them.</summary>
    private Tensor HideItems(Tensor items, ModalLine line, TrainingBatch? batch) => KeepRows(items, KeptItems(line, batch));

    private Tensor HideItems(Tensor items, ModalLine line, BatchRows rows)
    {
        float[] kept = KeptItems(line, rows.Whole);
        return KeepRows(items, Array.ConvertAll(rows.Items, i => kept[i]));
    }

    /// <summary>1 for items whose behaviour is seen, 0 for others.</summary>
    private float[] KeptItems(ModalLine line, TrainingBatch? batch)
    {
        if (batch is null || !training || line.BehaviorDropout == 0)
            return _itemKnown;
        var random = new SeededRandom((ulong)batch.Seed, RandomPurpose.BehaviorDropout);
        return Array.ConvertAll(_itemKnown, known => random.NextDouble() < line.BehaviorDropout ? 0f : known);
    }

    private Tensor HideColdUsers(Tensor users) => Graph.ColdUserCount == 0 ? users : KeepRows(users, [.. Graph.ColdUserFlags().Select(cold => 1 - cold)]);

    private Tensor HideColdUsers(Tensor users, BatchRows rows)
        => Graph.ColdUserCount == 0 ? users : KeepRows(users, Array.ConvertAll(rows.Users, u => Graph.UserDegree(u) == 0 ? 0f : 1f));

    private static Tensor KeepRows(Tensor rows, float[] kept) => rows * tensor(kept, kept.Length, 1).to(rows.device);

    private static nn.Module AsModule(object part) => part as nn.Module
        ?? throw new ArgumentException($"Expected a TorchSharp module (nn.Module), got {part.GetType()}: its weights couldn't be trained or saved.");
}
