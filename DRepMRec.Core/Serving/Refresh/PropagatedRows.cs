using System.Numerics.Tensors;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>
/// LightGCN's propagation over a graph that grows: the mean of E, A E, … A^L E, A = D^(-1/2) W D^(-1/2), where E is the learned first layer
/// and W the edges' weights.
/// </summary>
/// <remarks>
/// Rows that other rows are made of are kept: all layers but the last. The last one of a user is made when it's asked for, from the rows of
/// the user's items; that of an item when the graph changes. A row follows from its neighbours in the order of their indices, and those
/// that follow from nothing new are taken over: so a graph that grew gives the bits of one that was always so. Immutable and safe for use
/// by many threads.
/// </remarks>
internal sealed unsafe class PropagatedRows
{
    private readonly FirstLayer _first;
    private readonly float[] _userScales;
    private readonly float[] _itemScales;
    private readonly PagedRows[] _userLayers;
    private readonly PagedRows[] _itemLayers;

    private PropagatedRows(FirstLayer first, EdgeRows users, EdgeRows items, PropagatedRows? before, bool[]? userMarks, bool[]? itemMarks)
    {
        (_first, Users, Items) = (first, users, items);
        _userScales = Scales(users, before?._userScales, userMarks);
        _itemScales = Scales(items, before?._itemScales, itemMarks);
        (_userLayers, _itemLayers) = (new PagedRows[first.Layers - 1], new PagedRows[first.Layers - 1]);
        var (userMessages, itemMessages) = (userMarks, itemMarks);
        for (int layer = 1; layer < first.Layers; layer++)
        {
            bool[]? changedItems = before is null ? null : Reach(users, userMessages!, itemMarks!),
                changedUsers = before is null ? null : Reach(items, itemMessages!, userMarks!);
            int n = layer;
            _itemLayers[n - 1] = (before?._itemLayers[n - 1] ?? PagedRows.Empty(first.Width))
                .With(items.Count, changedItems, (item, target) => ItemLayer(item, n, target));
            _userLayers[n - 1] = (before?._userLayers[n - 1] ?? PagedRows.Empty(first.Width))
                .With(users.Count, changedUsers, (user, target) => UserLayer(user, n, target));
            (userMessages, itemMessages) = (changedUsers, changedItems);
        }

        ChangedItems = before is null ? null : Reach(users, userMessages!, itemMarks!);
    }

    /// <summary>The items of each user.</summary>
    public EdgeRows Users { get; }

    /// <summary>The users of each item.</summary>
    public EdgeRows Items { get; }

    public int Width => _first.Width;

    /// <summary>Which items have other rows than in the version before; <see langword="null"/> for all.</summary>
    public bool[]? ChangedItems { get; }

    /// <summary>The propagation over a whole graph.</summary>
    /// <param name="first">The learned first layer.</param>
    /// <param name="users">The items of each user.</param>
    /// <param name="itemCount">The number of items.</param>
    public static PropagatedRows Of(FirstLayer first, EdgeRows users, int itemCount)
        => new(first, users, users.Transpose(itemCount), null, null, null);

    /// <summary>The propagation over a graph in which some nodes have other edges.</summary>
    /// <param name="users">The new rows of users.</param>
    /// <param name="items">The new rows of items.</param>
    /// <param name="userCount">The number of users from now on.</param>
    /// <param name="itemCount">The number of items from now on.</param>
    public PropagatedRows With(
        IReadOnlyDictionary<int, EdgeRow> users, IReadOnlyDictionary<int, EdgeRow> items, int userCount, int itemCount)
        => new(_first, Users.With(users, userCount), Items.With(items, itemCount), this, Mark(users.Keys, userCount),
            Mark(items.Keys, itemCount));

    /// <summary>A user's row; zeros for one without an edge.</summary>
    public float[] User(int user)
    {
        var row = new float[Width];
        if (_userScales[user] == 0)
            return row;
        fixed (float* target = row)
            Mean(user, _first.Users, _userLayers, UserLayer, target);
        return row;
    }

    /// <summary>Makes an item's row; zeros for one without an edge, unless content speaks for it.</summary>
    public void Item(int item, float* target)
    {
        var row = new Span<float>(target, Width);
        bool hasEdges = _itemScales[item] != 0;
        if (hasEdges)
            Mean(item, _first.Items, _itemLayers, ItemLayer, target);
        else
            row.Clear();
        if (_first.ItemOffset is { } offset && item < offset.Count && (hasEdges || _first.OffsetsColdItems))
            TensorPrimitives.Add(offset[item], row, row);
    }

    private void Mean(int node, PagedRows first, PagedRows[] layers, Action<int, int, nint> make, float* target)
    {
        var sum = new Span<float>(target, Width);
        make(node, _first.Layers, (nint)target);
        for (int n = layers.Length - 1; n >= 0; n--)
            TensorPrimitives.Add(layers[n][node], sum, sum);
        if (node < first.Count)
            TensorPrimitives.Add(first[node], sum, sum);
        TensorPrimitives.Multiply(sum, 1f / (_first.Layers + 1), sum);
        GC.KeepAlive(this);
    }

    private void UserLayer(int user, int layer, nint target) => UserLayer(user, layer, (float*)target);

    private void ItemLayer(int item, int layer, nint target) => ItemLayer(item, layer, (float*)target);

    private void UserLayer(int user, int layer, float* target) => NeighborSum.Compute(
        Users.Of(user), Users.WeightsOf(user), _itemScales, layer == 1 ? _first.Items : _itemLayers[layer - 2], _userScales[user], target);

    private void ItemLayer(int item, int layer, float* target) => NeighborSum.Compute(
        Items.Of(item), Items.WeightsOf(item), _userScales, layer == 1 ? _first.Users : _userLayers[layer - 2], _itemScales[item], target);

    /// <summary>1 / sqrt of the sum of each node's weights; 0 for a node without an edge.</summary>
    private static float[] Scales(EdgeRows edges, float[]? before, bool[]? marks)
    {
        var scales = new float[edges.Count];
        before?.CopyTo(scales, 0);
        for (int node = 0; node < scales.Length; node++)
        {
            if (marks is not null && !marks[node])
                continue;
            double degree = 0;
            foreach (float weight in edges.WeightsOf(node))
                degree += weight;
            degree = edges.WeightsOf(node).IsEmpty ? edges.Of(node).Length : degree;
            scales[node] = degree > 0 ? (float)(1 / Math.Sqrt(degree)) : 0;
        }

        return scales;
    }

    private static bool[] Mark(IEnumerable<int> nodes, int count)
    {
        var marks = new bool[count];
        foreach (int node in nodes)
            marks[node] = true;
        return marks;
    }

    /// <summary>The neighbours of some nodes, and nodes beside them.</summary>
    private static bool[] Reach(EdgeRows edges, bool[] from, bool[] also)
    {
        bool[] reached = [.. also];
        for (int node = 0; node < from.Length; node++)
        {
            if (!from[node])
                continue;
            foreach (int neighbor in edges.Of(node))
                reached[neighbor] = true;
        }

        return reached;
    }
}

/// <summary>What training learned, before propagation.</summary>
/// <param name="Layers">The number of layers L, 1 or more.</param>
/// <param name="Users">The first rows of users; of none that came later.</param>
/// <param name="Items">The first rows of items; of none that came later.</param>
internal sealed record FirstLayer(int Layers, PagedRows Users, PagedRows Items)
{
    /// <summary>What is added to the rows of these items after propagation; <see langword="null"/> for nothing.</summary>
    public PagedRows? ItemOffset { get; init; }

    /// <summary>Whether it's added to items without an edge too.</summary>
    public bool OffsetsColdItems { get; init; }

    public int Width => Items.Width;
}
