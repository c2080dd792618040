using System.Diagnostics.CodeAnalysis;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Losses;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace DRepMRec;

/// <summary>
/// A behaviour encoder and, where there is content, a modal encoder, the Similarity-Supervised Signal and Behaviour-Modal Alignment, over
/// one dataset: DRepMRec (arXiv 2404.11119), or a host recommender with or without BMA.
/// </summary>
/// <remarks>
/// Owns its modules until it is disposed, and the features that it made itself; those that an encoder brought stay their owner's and must
/// live as long. Not safe for use by many threads. Without a modal line it is the behaviour encoder and nothing else. Training computes the
/// rows that a batch needs instead of all: the same loss and gradients up to the rounding of sums.
/// </remarks>
/// <example>
/// <code>
/// RecDataset data = RecDataset.Load("data/tiktok");
/// using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 64 });
/// TrainingReport report = new Trainer(model, data).Fit();
/// </code>
/// </example>
[RequiresUnreferencedCode(Untrimmed.Message)]
public sealed partial class DRepMRecModel : nn.Module<TrainingBatch?, ModelOutput>
{
    [ComponentName(Name = "behavior")]
    private readonly nn.Module _behaviorModule;

    [ComponentName(Name = "modal")]
    private readonly nn.Module? _modalModule;

    [ComponentName(Name = "alignment")]
    private readonly nn.Module? _alignmentModule;

    private readonly ModalLine? _line;

    private DRepMRecModel(RecDataset data, IBehaviorEncoder behavior, DRepMRecOptions options, ModalLine? line = null)
        : base(TorchBackend.Require(nameof(DRepMRecModel)))
    {
        Graph = new InteractionGraph(data.Train);
        Loss = options.Loss;
        ItemToItemOptions = options.ItemToItem;
        _scaling = line?.Features?.Scaling ?? options.FeatureScaling;
        _behaviorModule = AsModule(behavior);
        _line = line;
        _options = options;
        if (line is not null)
        {
            _modalModule = line.Encoder is null ? null : AsModule(line.Encoder);
            _alignmentModule = AsModule(line.Alignment);
            if (line.Encoder is { } modal && modal.EmbeddingDim != behavior.EmbeddingDim)
            {
                throw new ArgumentException(
                    "Alignment expects both encoders to have the same EmbeddingDim; "
                    + $"behavior has {behavior.EmbeddingDim}, modal has {modal.EmbeddingDim}.");
            }
        }

        RegisterComponents();
    }

    internal bool IsDisposed { get; private set; }

    /// <summary>The processes that train the model together, by columns of its embeddings.</summary>
    /// <value><see langword="null"/> for this one alone.</value>
    /// <remarks>
    /// Where there are several, what reads whole tables is called by all of them: <see cref="Embed"/>, <see cref="EmbedLines"/>, training,
    /// evaluation, and making a recommender.
    /// </remarks>
    public ICollective? Collective => BehaviorEncoder.Columns?.Collective;

    /// <summary>The training graph.</summary>
    public InteractionGraph Graph { get; }

    /// <summary>The ranking loss.</summary>
    public RankingLoss Loss { get; }

    /// <summary>The behaviour encoder.</summary>
    public IBehaviorEncoder BehaviorEncoder => (IBehaviorEncoder)_behaviorModule;

    /// <summary>The modal encoder, if there is a modal line with one.</summary>
    public IModalEncoder? ModalEncoder => _line?.Encoder;

    /// <summary>The alignment module, if there is a modal line.</summary>
    public IAlignmentModule? AlignmentModule => _line?.Alignment;

    /// <summary>The features of the modal line, if there is one.</summary>
    public ModalFeatures? Features => _line?.Features;

    /// <summary>The kind and the options of each part, by name: checkpoints are compared by it, and model files show it.</summary>
    internal IEnumerable<(string Name, object? Value)> Description
    {
        get
        {
            yield return ("Loss", Loss);
            if (ItemToItemOptions.Enabled)
                yield return ("ItemToItem", ItemToItemOptions);
            yield return ("Behavior", BehaviorEncoder.GetType().FullName);
            if (BehaviorEncoder.Options is { } behavior)
                yield return ("Behavior", behavior);
            if (BehaviorEncoder.Columns is { Exchange: ExchangedValues.Scores })
                yield return ("Exchange", "Scores"); // Their sums have another order.
            if (_line is null)
                yield break;
            yield return ("Modal", _line.Encoder?.GetType().FullName ?? "the host's own");
            if (_line.Encoder?.Options is { } modal)
                yield return ("Modal", modal);
            yield return ("Alignment", _line.Alignment.GetType().FullName);
            if (_line.Alignment.Options is { } alignment)
                yield return ("Alignment", alignment);
            if (_line.Signal.Weight > 0)
                yield return ("SimilaritySignal", _line.Signal.Options);
            yield return ("BehaviorDropout", _line.BehaviorDropout);
            yield return ("HideTargets", _line.HideTargets);
        }
    }

    /// <summary>All features that parts of the model read, each once, with the name of the part.</summary>
    internal IEnumerable<(string Name, ModalFeatures Features)> FeaturesOfParts
        => new[] { ("Behavior", BehaviorEncoder.Features), ("Modal", _line?.Features) }
            .Where(part => part.Item2 is not null).Select(part => (part.Item1, part.Item2!));

    /// <summary>Creates DRepMRec for a dataset: LightGCN, the modal line, the Similarity-Supervised Signal and BMA.</summary>
    /// <param name="data">The dataset. Without features the model is LightGCN.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="TorchBackendException">libtorch can't be loaded.</exception>
    public static DRepMRecModel Create(RecDataset data, DRepMRecOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new DRepMRecOptions();
        LightGcnEncoder host = LightGcn(data, options);
        return Disposal.With(host, () => Create(data, host, options));
    }

    /// <summary>Creates the same model for processes that train it together, each with some columns of LightGCN's embeddings.</summary>
    /// <param name="data">The dataset, the same on all processes.</param>
    /// <param name="options">The options, the same on all processes; <see langword="null"/> for the defaults.</param>
    /// <param name="collective">The processes. It stays the caller's, and must live as long as the model.</param>
    /// <exception cref="TorchBackendException">libtorch can't be loaded.</exception>
    /// <exception cref="ArgumentException">There are more processes than blocks of 16 columns.</exception>
    public static DRepMRecModel Create(RecDataset data, DRepMRecOptions? options, ICollective collective)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new DRepMRecOptions();
        var columns = new ColumnPartition(collective, options.EmbeddingDim);
        LightGcnEncoder host = LightGcn(data, options, columns);
        return Disposal.With(host, () => Create(data, host, options, collective));
    }

    /// <summary>Creates a model around a behaviour encoder for processes that train it together.</summary>
    /// <param name="data">The dataset, the same on all processes.</param>
    /// <param name="host">A TorchSharp module with <see cref="IBehaviorEncoder.Columns"/> of this collective; the model owns it.</param>
    /// <param name="options">The options, the same on all processes; <see langword="null"/> for the defaults.</param>
    /// <param name="collective">The processes. It stays the caller's, and must live as long as the model.</param>
    /// <exception cref="ArgumentException">
    /// The host isn't linear in its embeddings, or wasn't given columns, or has columns of other processes, or holds none of its weights.
    /// </exception>
    public static DRepMRecModel Create(RecDataset data, IBehaviorEncoder host, DRepMRecOptions? options, ICollective collective)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(collective);
        SharedColumns.ThrowIfUnfit(host, collective);
        return Create(data, host, options);
    }

    /// <summary>
    /// Creates a model around a behaviour encoder, built in or your own: with a modal line, the Similarity-Supervised Signal and BMA where
    /// the options have them and the dataset has features, otherwise alone.
    /// </summary>
    /// <param name="data">The dataset.</param>
    /// <param name="host">A TorchSharp module; the model owns it from now on. Its EmbeddingDim is that of the modal line too.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults; EmbeddingDim and Layers are the host's.</param>
    /// <exception cref="ArgumentException">The host isn't a module, or lacks the modal representation that the options ask for.</exception>
    public static DRepMRecModel Create(RecDataset data, IBehaviorEncoder host, DRepMRecOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(host);
        options ??= new DRepMRecOptions();
        if (options.UseHostModal && !host.HasModalRepresentation)
        {
            throw new ArgumentException(
                $"UseHostModal needs a host with a modal representation of its own ({nameof(IBehaviorEncoder.HasModalRepresentation)}); "
                + $"{host.GetType().Name} has none.", nameof(host));
        }

        bool hasLine = options.UseModalLine && data.Features.Count > 0;
        SharedColumns.ThrowIfUnfit(host, options, hasLine);
        AsModule(host);
        ModalLine? line = hasLine ? ModalLine.Create(data, host, options) : null;
        return Disposal.With(line is { OwnsFeatures: true } ? line.Features : null, () => new DRepMRecModel(data, host, options, line));
    }

    /// <summary>Creates a model of parts that may all be your own: a behaviour encoder, a modal encoder and an alignment module.</summary>
    /// <param name="data">The dataset, with at least one modality.</param>
    /// <param name="behavior">The behaviour encoder.</param>
    /// <param name="modal">The modal encoder; its EmbeddingDim is that of the behaviour encoder.</param>
    /// <param name="alignment">The alignment module.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults; options of the parts given here aren't read.</param>
    /// <remarks>The three are TorchSharp modules, and the model owns them from now on.</remarks>
    /// <exception cref="ArgumentException">The dataset has no features, a part isn't a module, or the dimensions differ.</exception>
    public static DRepMRecModel Create(
        RecDataset data, IBehaviorEncoder behavior, IModalEncoder modal, IAlignmentModule alignment, DRepMRecOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(behavior);
        ArgumentNullException.ThrowIfNull(modal);
        ArgumentNullException.ThrowIfNull(alignment);
        options ??= new DRepMRecOptions();
        if (data.Features.Count == 0)
        {
            throw new ArgumentException(
                $"A modal encoder needs content: expected at least one modality in the dataset {Shown.Text(data.Name)}, got none.",
                nameof(data));
        }

        SharedColumns.ThrowIfUnfit(behavior, options, hasLine: true);
        var line = ModalLine.Create(data, behavior, modal, alignment, options);
        return Disposal.With(line.OwnsFeatures ? line.Features : null, () => new DRepMRecModel(data, behavior, options, line));
    }

    private static LightGcnEncoder LightGcn(RecDataset data, DRepMRecOptions options, ColumnPartition? columns = null) => new(
        data.Users.Count, data.Items.Count,
        new LightGcnOptions { EmbeddingDim = options.EmbeddingDim, Layers = options.Layers, Seed = options.Seed }, columns);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        if (disposing && _line is { OwnsFeatures: true })
            _line.Features.Dispose();
        if (disposing)
            Graph.Release();
        base.Dispose(disposing);
    }

    private static nn.Module AsModule(object part) => part as nn.Module
        ?? throw new ArgumentException(
            $"Expected a TorchSharp module (nn.Module), got {part.GetType()}: its weights couldn't be trained or saved.");
}
