using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Model;

/// <summary>A host of the user's own that a test makes return what it shouldn't.</summary>
internal sealed class FaultyHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
{
    private readonly Parameter _users;
    private readonly Parameter _items;

    public FaultyHost(int users, int items, bool isFrozen = false)
        : base(nameof(FaultyHost))
    {
        _users = new Parameter(ones(users, 8), !isFrozen);
        _items = new Parameter(ones(items, 8), !isFrozen);
        RegisterComponents();
    }

    public Func<EncoderOutput, EncoderOutput> Alter { get; init; } = output => output;

    public Func<InteractionGraph, InteractionGraph> EpochGraph { get; init; } = graph => graph;

    public int EmbeddingDim => 8;

    public bool HasModalRepresentation => true;

    public override UserItemEmbeddings forward(InteractionGraph graph) => new(_users.alias(), _items.alias());

    public InteractionGraph GraphForEpoch(InteractionGraph graph, int epoch) => EpochGraph(graph);

    public EncoderOutput Encode(InteractionGraph graph, RowSet rows, BatchRows? batch)
        => Alter(new EncoderOutput(rows.Select(call(graph))));
}

/// <summary>A host whose ego embeddings are of other users, in the default <see cref="IBehaviorEncoder.Encode"/>.</summary>
internal sealed class HostWithOtherEgo : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
{
    private readonly Parameter _users = new(ones(40, 8));
    private readonly Parameter _items = new(ones(30, 8));

    public HostWithOtherEgo()
        : base(nameof(HostWithOtherEgo)) => RegisterComponents();

    public int EmbeddingDim => 8;

    public UserItemEmbeddings? Ego => new UserItemEmbeddings(_users.narrow(0, 0, 3), _items.narrow(0, 0, 2));

    public override UserItemEmbeddings forward(InteractionGraph graph) => new(_users.alias(), _items.alias());
}

/// <summary>An alignment of the user's own that a test makes return what it shouldn't.</summary>
internal sealed class FaultyAlignment : nn.Module<UserItemEmbeddings, UserItemEmbeddings, BatchRows?, AlignmentResult>, IAlignmentModule
{
    public FaultyAlignment()
        : base(nameof(FaultyAlignment)) => RegisterComponents();

    public Func<UserItemEmbeddings, AlignmentResult, AlignmentResult> Alter { get; init; } = (_, result) => result;

    public FusionForm Form { get; init; } = new() { ModalFactor = 0.5 };

    /// <summary>What rows without behaviour get of the modal row.</summary>
    public double ColdShare { get; init; } = 0.5;

    public object? Options { get; init; }

    public int EmbeddingDim => 8;

    public bool FusesByRow { get; init; } = true;

    public override AlignmentResult forward(UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows? batch)
    {
        Tensor Fuse(Tensor rows, Tensor content)
        {
            Tensor isCold = rows.RowDot(rows).sign().unsqueeze(1).Times(-1).Plus(1);
            return rows.Plus(content, 0.5).Plus(isCold * content, ColdShare - 0.5);
        }

        var fused = new UserItemEmbeddings(Fuse(behavior.Users, modal.Users), Fuse(behavior.Items, modal.Items));
        return Alter(behavior, new AlignmentResult(fused, []));
    }

    public FusionForm Export(UserItemEmbeddings behavior) => Form;
}

/// <summary>A modal encoder of the user's own that a test makes export what it shouldn't.</summary>
internal sealed class FaultyModal : nn.Module<InteractionGraph, ModalFeatures, UserItemEmbeddings>, IModalEncoder
{
    private readonly Parameter _projection = new(ones(3, 8));

    public FaultyModal()
        : base(nameof(FaultyModal)) => RegisterComponents();

    public Func<ModalityExport, IReadOnlyList<ModalityExport>?> Alter { get; init; } = modality => [modality];

    public int EmbeddingDim => 8;

    public override UserItemEmbeddings forward(InteractionGraph graph, ModalFeatures features)
    {
        Tensor items = matmul(features.Values[0].narrow(1, 0, 3), _projection);
        return new UserItemEmbeddings(graph.UserMeans.Propagate(items), items);
    }

    public IReadOnlyList<ModalityExport>? Export(InteractionGraph graph, ModalFeatures features)
    {
        float[] projection = [.. Enumerable.Range(0, 8).SelectMany(d => Enumerable.Range(0, (int)features.Values[0].shape[1])
            .Select(f => f < 3 ? UserItemEmbeddings.Values(_projection)[(f * 8) + d] : 0))];
        return Alter(new ModalityExport(call(graph, features)) { Content = new ContentExport(projection, new float[8]) });
    }
}

/// <summary>A ranking loss of the user's own that a test makes return what it shouldn't.</summary>
internal sealed record FaultyLoss : RankingLoss
{
    public Func<Tensor, Tensor?> Reduce { get; init; } = losses => losses.mean();

    public string Label { get; init; } = "own";

    public override string Name => Label;

    public override ScoreFunction Score { get; init; } = ScoreFunction.Dot;

    public override int Negatives { get; init; } = 1;

    public override bool SharesNegatives => false;

    protected override Tensor ComputeRows(Tensor users, Tensor items, BatchRows rows)
        => Reduce(users.SelectRows(rows.Users).RowDot(items.SelectRows(rows.Positives)).neg())!;
}
