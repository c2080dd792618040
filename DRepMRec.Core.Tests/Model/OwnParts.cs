using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Model;

/// <summary>A modal encoder of the user's own, as little as one needs; it can be told to return rows of a wrong number.</summary>
internal sealed class OwnModal : nn.Module<InteractionGraph, ModalFeatures, UserItemEmbeddings>, IModalEncoder
{
    private readonly Parameter _projection = new(ones(8, 8));
    private readonly int _missingItems;

    public OwnModal(int missingItems = 0)
        : base(nameof(OwnModal))
    {
        _missingItems = missingItems;
        RegisterComponents();
    }

    public int EmbeddingDim => 8;

    public override UserItemEmbeddings forward(InteractionGraph graph, ModalFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor items = matmul(nn.functional.pad(features.Values[0], [0, 8 - features.Values[0].shape[1]]), _projection);
        Tensor users = graph.UserMeans.Propagate(items);
        return new UserItemEmbeddings(users, items.narrow(0, 0, items.shape[0] - _missingItems)).MoveToOuterDisposeScope();
    }
}

/// <summary>An alignment of the user's own with options of its own; its terms and the width that it announces can be chosen.</summary>
internal sealed class OwnAlignment : nn.Module<UserItemEmbeddings, UserItemEmbeddings, BatchRows?, AlignmentResult>, IAlignmentModule
{
    private readonly Settings _settings;

    public OwnAlignment(Settings? settings = null)
        : base(nameof(OwnAlignment))
    {
        _settings = settings ?? new Settings();
        RegisterComponents();
    }

    public int EmbeddingDim => _settings.Width;

    object IAlignmentModule.Options => _settings;

    bool IAlignmentModule.FusesByRow => _settings.ByRow;

    FusionForm IAlignmentModule.Export(UserItemEmbeddings behavior) => new() { ModalFactor = 0.01 };

    public override AlignmentResult forward(UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows? batch)
    {
        using DisposeScope scope = NewDisposeScope();
        var fused = new UserItemEmbeddings(behavior.Users.Plus(modal.Users, 0.01), behavior.Items.Plus(modal.Items, 0.01));
        List<LossTerm> terms = batch is null
            ? []
            : [.. _settings.Terms.Select(name => new LossTerm(name, Contrast(behavior, modal, batch), _settings.Weight))];
        return new AlignmentResult(fused.MoveToOuterDisposeScope(), terms);
    }

    private static Tensor Contrast(UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows batch)
    {
        int[] items = batch.SampleDistinctItems(16);
        return ContrastiveLosses.InfoNce(behavior.Items.SelectRows(items), modal.Items.SelectRows(items), 0.2).MoveToOuterDisposeScope();
    }

    /// <summary>The options.</summary>
    internal sealed record Settings
    {
        public double Weight { get; init; } = 0.1;

        public int Width { get; init; } = 8;

        public bool ByRow { get; init; }

        public IReadOnlyList<string> Terms { get; init; } = ["own"];
    }
}

/// <summary>A host that can be told to return rows of a wrong number.</summary>
internal sealed class OwnHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
{
    private readonly Parameter _users;
    private readonly Parameter _items;

    public OwnHost(int users, int items)
        : base(nameof(OwnHost))
    {
        _users = new Parameter(ones(users, 8));
        _items = new Parameter(ones(items, 8));
        RegisterComponents();
    }

    public int EmbeddingDim => 8;

    public override UserItemEmbeddings forward(InteractionGraph graph) => new(_users.alias(), _items.alias());
}

/// <summary>
/// A ranking loss that the library doesn't know, in one file: the hinge on dot products, with negatives of each interaction's own.
/// </summary>
internal sealed record HingeLoss : RankingLoss
{
    public double Margin { get; init; } = 1;

    public override string Name => "hinge";

    public override ScoreFunction Score { get; init; } = ScoreFunction.Dot;

    public override int Negatives { get; init; } = 1;

    public override bool SharesNegatives => false;

    protected override Tensor ComputeRows(Tensor users, Tensor items, BatchRows rows)
    {
        Tensor own = users.SelectRows(rows.Users);
        Tensor margin = own.RowDot(items.SelectRows(rows.Positives)) - own.RowDot(items.SelectRows(rows.Negatives));
        return margin.neg().Plus(Margin).relu().mean();
    }
}
