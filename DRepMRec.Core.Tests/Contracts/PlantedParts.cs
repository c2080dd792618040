using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Contracts;

/// <summary>A modal encoder with one mistake, or with none.</summary>
internal sealed class PlantedModal : nn.Module<InteractionGraph, ModalFeatures, UserItemEmbeddings>, IModalEncoder
{
    private const int Width = 4;
    private readonly string _mistake;
    private readonly Parameter _projection;
    private readonly Parameter? _unused;
    private readonly Tensor[] _mean = [zeros(Width).DetachFromDisposeScope()];

    public PlantedModal(ModalFeatures features, string mistake = "none")
        : base(nameof(PlantedModal))
    {
        _mistake = mistake;
        random.manual_seed(3);
        _projection = new Parameter(randn(features.Values[0].shape[1], Width));
        _unused = mistake == "unused weight" ? new Parameter(randn(Width)) : null;
        RegisterComponents();
    }

    public int EmbeddingDim => Width;

    public override UserItemEmbeddings forward(InteractionGraph graph, ModalFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor raw = features.Values[0];
        if (_mistake == "changes the features")
            raw.copy_(raw.Times(1.01));
        Tensor items = matmul(_mistake == "nobody's rows" ? raw / raw.norm(1, true, 2) : raw, _projection);
        if (_mistake == "stops a gradient")
            items = items.Plus(items.detach());
        if (_mistake == "noise")
            items = items.Plus(System.Random.Shared.NextDouble());
        if (_mistake == "place of items")
            items = items.Plus(arange(graph.ItemCount, ScalarType.Float32).unsqueeze(1), 0.01);
        if (_mistake == "one row more")
            items = cat([items, ones(1, Width)]);
        Tensor users = graph.UserMeans.Propagate(items.narrow(0, 0, graph.ItemCount));
        if (_mistake == "adds up in place")
            users = users.Plus(_mean[0]);
        if (_mistake == "adds up in place" && training)
        {
            using IDisposable noGradient = no_grad();
            _mean[0].copy_(_mean[0].Plus(0.5));
        }

        return new UserItemEmbeddings(users, items).MoveToOuterDisposeScope();
    }

    public UserItemEmbeddings Encode(InteractionGraph graph, ModalFeatures features, RowSet rows, TrainingBatch? hidden)
    {
        UserItemEmbeddings all = call(
            hidden is null || _mistake == "hides nothing" ? graph : graph.Without(hidden.UserIndices, hidden.PositiveIndices), features);
        return _mistake == "rows of a batch" && !rows.IsAll ? rows.Select(all) with { Items = rows.Select(all).Items.Times(2) }
            : rows.Select(all);
    }

    public IReadOnlyList<ModalityExport> Export(InteractionGraph graph, ModalFeatures features)
    {
        UserItemEmbeddings all = call(graph, features);
        ModalityExport none = new(new UserItemEmbeddings(zeros_like(all.Users), zeros_like(all.Items)));
        return [new(_mistake == "parts" ? all with { Items = all.Items.Times(0.5) } : all), .. features.Values.Skip(1).Select(_ => none)];
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _mistake != "leaves a tensor")
            _mean[0].Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>An alignment with one mistake, or with none: drawing numbers in training is none.</summary>
internal sealed class PlantedAlignment : nn.Module<UserItemEmbeddings, UserItemEmbeddings, BatchRows?, AlignmentResult>, IAlignmentModule
{
    private readonly string _mistake;
    private readonly Parameter _scale;
    private readonly Parameter? _unused;
    private readonly Tensor[] _mean = [zeros(1).DetachFromDisposeScope()];

    public PlantedAlignment(string mistake = "none")
        : base(nameof(PlantedAlignment))
    {
        _mistake = mistake;
        _scale = new Parameter(ones(1));
        _unused = mistake == "unused weight" ? new Parameter(ones(1)) : null;
        RegisterComponents();
    }

    public int EmbeddingDim => 4;

    public bool FusesByRow => _mistake != "says that rows depend on others";

    public override AlignmentResult forward(UserItemEmbeddings behavior, UserItemEmbeddings modal, BatchRows? batch)
    {
        using DisposeScope scope = NewDisposeScope();
        if (_mistake == "changes an input")
            modal.Items.copy_(modal.Items.Times(1.01));
        Tensor Fuse(Tensor b, Tensor m)
        {
            bool stops = _mistake == "stops a gradient" || (_mistake == "gradient of a batch" && batch is { Rows.IsAll: false });
            Tensor content = (stops ? m.detach() : m).Times(0.5);
            return _mistake switch
            {
                "zero rows" => (b / b.norm(1, true, 2)).Plus(content),
                "slope at zero rows" => b.Plus(content).Plus(b.RowDot(b).sqrt().unsqueeze(1), 0.01),
                "noise per column at inference" when !training => b.Plus(content).Plus(randn(1, b.shape[1])),
                "rows depend on others" => b.Plus(content) - b.mean([0L], keepdim: true),
                "noise" => b.Plus(content).Plus(System.Random.Shared.NextDouble()),
                "place" => b.Plus(content).Plus(arange(b.shape[0], ScalarType.Float32).unsqueeze(1), 0.01),
                "one column more" => cat([b.Plus(content), ones(b.shape[0], 1)], 1),
                "another form" => b.Plus(content, 1.5),
                "adds up in place" => b.Plus(content).Plus(_mean[0]),
                "dropout" => nn.functional.dropout(b.Plus(content), 0.5, training),
                "batch matters" when batch is not null => b.Plus(content).Times(1.01),
                _ => b.Plus(content),
            };
        }

        var fused = new UserItemEmbeddings(Fuse(behavior.Users, modal.Users), Fuse(behavior.Items, modal.Items)).MoveToOuterDisposeScope();
        if (_mistake == "adds up in place" && batch is not null)
        {
            using IDisposable noGradient = no_grad();
            _mean[0].copy_(_mean[0].Plus(0.5));
        }

        if (_mistake == "hands out an input")
            fused = fused with { Users = behavior.Users };
        if (batch is null)
            return new AlignmentResult(fused, []);
        if (_mistake == "a negative for each interaction" && batch.Negatives[batch.Users.Length - 1] < 0)
            return new AlignmentResult(fused, []);
        Tensor content = nn.functional.dropout(modal.Items, 0.5, training && _mistake == "dropout in a term");
        Tensor term = (content.SelectRows(batch.DistinctItems).Squared().mean() * _scale).sum().MoveToOuterDisposeScope();
        string name = _mistake == "term without a name" ? " " : "own";
        return new AlignmentResult(fused, [new LossTerm(name, term, _mistake == "weight 0" ? 0 : 1)]);
    }

    public FusionForm Export(UserItemEmbeddings behavior) => new() { ModalFactor = 0.5 };

    protected override void Dispose(bool disposing)
    {
        if (disposing && _mistake != "leaves a tensor")
            _mean[0].Dispose();
        base.Dispose(disposing);
    }
}
