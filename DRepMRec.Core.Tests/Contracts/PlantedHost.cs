using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Contracts;

/// <summary>A host with one mistake, or with none: drawing numbers in training is none.</summary>
internal sealed class PlantedHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
{
    private const int Width = 4;
    private static readonly List<Tensor> Kept = [];
    private static Parameter? _shared;
    private static int _made;

    private readonly string _mistake;
    private readonly Parameter _users;
    private readonly Parameter _items;
    private readonly Parameter _mix;
    private readonly Parameter? _unused;
    private readonly Parameter? _factor;
    private readonly Parameter? _behind;
    private readonly Tensor? _loose;
    private readonly Tensor? _square;
    private readonly int _itemCount;
    private readonly List<Parameter> _list = [];
    private readonly Tensor[] _hidden = [zeros(Width).DetachFromDisposeScope()]; // A field of type Tensor would be registered.
    private InteractionGraph? _first;
    private float[]? _copy;
    private int _calls;

    public PlantedHost(RecDataset data, string mistake = "none")
        : base(nameof(PlantedHost))
    {
        _mistake = mistake;
        random.manual_seed(mistake == "other first weights" ? ++_made : 3);
        _users = mistake == "shared by instances" ? _shared ??= Random(data.Users.Count) : Random(data.Users.Count);
        _itemCount = data.Items.Count;
        _items = Random(mistake.StartsWith("padding row", StringComparison.Ordinal) ? _itemCount + 1 : _itemCount);
        _square = mistake == "square buffer" ? rand(_itemCount, _itemCount)
            : mistake == "buffer of another layout" ? rand(2 * _itemCount)
            : mistake == "hands out a buffer" ? rand(_itemCount, Width)
            : mistake == "index buffer" ? tensor(Likest(data)) : null;
        _mix = Random(Width);
        _unused = mistake == "unused weight" ? Random(Width) : null;
        if (mistake == "begins at zero")
            (_factor, _behind) = (new Parameter(zeros(1)), Random(Width));
        _loose = mistake == "a weight that is no parameter" ? randn(Width, requires_grad: true) : null;
        if (mistake == "weights in a list")
            _list.Add(Random(Width));
        RegisterComponents();
    }

    public int EmbeddingDim => Width;

    public int? PropagationLayers => _mistake is "layers" or "one offset for all" or "known rows of users alone" ? 2 : null;

    public UserItemEmbeddings? Ego => new UserItemEmbeddings(_mistake == "Ego hands out a weight" ? _users : _users.alias(), Items);

    public bool HasModalRepresentation => _mistake.Contains("modal", StringComparison.Ordinal);

    private Tensor Items => _items.narrow(0, _mistake == "padding row in front" ? 1 : 0, _itemCount);

    public Tensor? ItemOffset(InteractionGraph graph) => _mistake == "one offset for all" ? zeros(1, Width) : null;

    public UserItemEmbeddings? KnownEgo(InteractionGraph graph) => _mistake == "known rows of users alone"
        ? new UserItemEmbeddings(_users.alias(), zeros(0, Width)) : graph.KeepKnown(Ego!.Value, RowSet.All);

    /// <summary>For each item the one whose id comes last.</summary>
    private static long[] Likest(RecDataset data)
    {
        int last = Enumerable.Range(0, data.Items.Count).MaxBy(item => data.Items[item], StringComparer.Ordinal);
        return [.. Enumerable.Repeat((long)last, data.Items.Count)];
    }

    public static void Forget()
    {
        Kept.ForEach(t => t.Dispose());
        Kept.Clear();
        _shared = null;
    }

    public InteractionGraph GraphForEpoch(InteractionGraph graph, int epoch)
        => _mistake == "graph of an epoch" ? graph.DropEdges(0.5, ++_calls)
        : _mistake == "weights of an epoch" ? Weighted(graph.Interactions, ++_calls) : graph;

    public override UserItemEmbeddings forward(InteractionGraph graph) => Dropped(Rows(graph));

    public EncoderOutput Encode(InteractionGraph graph, RowSet rows, BatchRows? batch)
    {
        UserItemEmbeddings all = Dropped(rows.Select(Rows(graph)));
        if (_mistake == "rows of a batch" && !rows.IsAll)
            all = all with { Users = all.Users.Times(1.01) };
        if (_mistake == "rows with a batch" && batch is not null)
            all = all with { Items = all.Items.Times(1.01) };
        if (_mistake == "a negative for each interaction" && batch is not null)
            all = all with { Items = all.Items.Plus(batch.Negatives[batch.Users.Length - 1], 0) };
        if (_mistake == "throws" && batch is not null)
            throw new InvalidDataException("no batches");
        double divisor = _mistake == "term of a batch" ? (double)all.Users.shape[0] : 1;
        Tensor own = all.Users.SelectRows((batch ?? new TrainingBatch([0], [0], [0]).Whole).Users).Squared().mean().Times(1 / divisor);
        if (_mistake == "dropout in a term" && batch is not null)
            own = own.Plus(nn.functional.dropout(all.Items, 0.5, training).SelectRows(batch.DistinctItems).Squared().mean());
        LossTerm[] terms = batch is null ? []
            : _mistake == "term twice" ? [new("own", own, 0.1), new("own", own, 0.1)]
            : _mistake == "term without a name" ? [new("", own, 0.1)]
            : _mistake == "term that is a table" ? [new("own", all.Users, 0.1)]
            : [new("own", own, _mistake == "term of weight 0" ? 0 : 0.1)];
        if (_mistake == "Encode hands out a weight" && rows.IsAll && batch is null)
            return new EncoderOutput(new UserItemEmbeddings(_users, all.Items)) { Ego = EgoOf(rows) };
        return new EncoderOutput(all) { Terms = terms, Ego = EgoOf(rows), Modal = ModalOf(all, rows) };
    }

    private UserItemEmbeddings? ModalOf(UserItemEmbeddings all, RowSet rows)
    {
        var half = new UserItemEmbeddings(all.Users.Times(0.5), all.Items.Times(0.5));
        return _mistake switch
        {
            "modal" => half,
            "modal of a batch" when !rows.IsAll => half with { Items = half.Items.Times(1.01) },
            "modal of a batch" => half,
            "dropout of modal rows" => half with { Items = nn.functional.dropout(half.Items, 0.5, training) },
            "modal that is no number" => half with { Users = half.Users.Plus(double.NaN) },
            "modal that draws" => half with { Users = half.Users.Plus(System.Random.Shared.NextDouble()) },
            "detached modal" => new UserItemEmbeddings(half.Users.detach(), half.Items.detach()),
            _ => null,
        };
    }

    private UserItemEmbeddings? EgoOf(RowSet rows)
    {
        UserItemEmbeddings own = rows.Select(Ego!.Value);
        return _mistake switch
        {
            "Encode without ego" => null,
            "detached ego" => new UserItemEmbeddings(own.Users.detach(), own.Items.detach()),
            "ego of others" => own with { Users = own.Users.Times(1.01) },
            _ => own,
        };
    }

    private UserItemEmbeddings Rows(InteractionGraph graph)
    {
        if (_mistake == "answers after Dispose" && _copy is not null && _users.IsInvalid)
            return new UserItemEmbeddings(zeros(graph.UserCount, Width), zeros(graph.ItemCount, Width));
        using DisposeScope scope = NewDisposeScope();
        _first ??= graph;
        _copy = [];
        Tensor items = matmul(Items, _mix);
        if (_mistake == "square buffer")
            items = items.Plus(matmul(_square!, items), 0.1);
        if (_mistake == "buffer of another layout")
            items = items.Plus(_square!.narrow(0, 0, _itemCount).unsqueeze(1), 0.1);
        if (_mistake == "index buffer")
            items = items.Plus(items.index_select(0, _square!), 0.1);
        if (_factor is not null)
            items = items.Plus(matmul(Items, _behind!) * _factor);
        if (_loose is not null)
            items = items.Plus(_loose);
        foreach (Parameter more in _list)
            items = items.Plus(matmul(Items, more));
        InteractionGraph known = _mistake == "keeps the graph" ? _first : graph;
        Tensor mean = known.UserMeans.Propagate(_mistake == "stops a gradient" ? items.detach() : items);
        Tensor users = _users.Plus(mean);
        if (_mistake == "adds up in place")
            users = users.Plus(_hidden[0]);
        if (_mistake == "adds up in place" && training)
        {
            using IDisposable noGradient = no_grad();
            _hidden[0].copy_(_hidden[0].Plus(0.5));
        }

        if (_mistake == "doubles a gradient")
            users = users.Times(2) - users.detach();
        if (_mistake == "noise")
            users = users.Plus(System.Random.Shared.NextDouble());
        if (_mistake == "noise per column at inference" && !training)
            users = users.Plus(randn(1, Width));
        if (_mistake == "counts calls")
            users = users.Plus(1e-3 * _calls++);
        if (_mistake == "place of users")
            users = users.Plus(arange(graph.UserCount, ScalarType.Float32).unsqueeze(1), 0.01);
        if (_mistake == "place of items")
            items = items.Plus(arange(graph.ItemCount, ScalarType.Float32).unsqueeze(1), 0.01);
        if (_mistake == "nobody's rows")
            users = users / graph.UserMeans.Propagate(ones(graph.ItemCount, 1));
        if (_mistake == "keeps a tensor")
            Kept.Add(zeros(1).DetachFromDisposeScope());
        if (_mistake == "one column more")
            items = cat([items, ones(graph.ItemCount, 1)], 1);
        if (_mistake == "double precision")
            users = users.to(ScalarType.Float64);
        var rows = new UserItemEmbeddings(users, items).MoveToOuterDisposeScope();
        return _mistake == "hands out a weight" ? rows with { Items = _items }
            : _mistake == "hands out a buffer" ? rows with { Items = _square! } : rows;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _mistake != "leaves a tensor")
            _hidden[0].Dispose();
        _square?.Dispose();
        _loose?.Dispose();
        _list.ForEach(weight => weight.Dispose());
        if (!(_mistake == "shared by instances"))
            base.Dispose(disposing);
    }

    private UserItemEmbeddings Dropped(UserItemEmbeddings rows)
        => _mistake == "dropout of items" ? rows with { Items = nn.functional.dropout(rows.Items, 0.5, training) } : rows;

    private static InteractionGraph Weighted(InteractionSet edges, int call) => new(new InteractionSet(edges.UserCount, edges.ItemCount,
        [.. edges.ExpandUsers().Zip(edges.Items.ToArray())], [.. Enumerable.Range(0, edges.Count).Select(n => 1f + ((n + call) % 3))]));

    private static Parameter Random(int rows) => new(randn(rows, Width));
}
