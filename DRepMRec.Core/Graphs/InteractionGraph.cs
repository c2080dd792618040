using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using static TorchSharp.torch;

namespace DRepMRec.Graphs;

/// <summary>The bipartite graph of users (nodes 0 to U-1) and items (nodes U to U+I-1); each interaction is an edge.</summary>
/// <remarks>
/// An edge counts by its confidence c (<see cref="InteractionSet.Confidences"/>), 1 where interactions have no weights: A has c, and the
/// degree d of a node is the sum over its edges. So whatever propagates over these matrices goes by the weights of the dataset.
/// Immutable and safe for use by many threads. Its matrices are made when first asked for and kept. Rows of nodes without an edge are
/// empty, never NaN.
/// </remarks>
/// <example><code>var graph = new InteractionGraph(data.Train);</code></example>
public sealed class InteractionGraph
{
    private readonly float[] _itemsWithEdges;
    private readonly double[] _userSums;
    private readonly double[] _itemSums;
    private readonly Once<CsrMatrix> _adjacency;
    private readonly Once<CsrMatrix> _userMeans;
    private readonly Once<CsrMatrix> _normalizedInteractions;

    /// <summary>Builds the graph of a set of interactions, as a rule the training set.</summary>
    /// <param name="interactions">The edges.</param>
    public InteractionGraph(InteractionSet interactions)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        if (InteractionLimit.WhatIsWrong(interactions.Count) is { } wrong)
            throw new ArgumentException($"A graph: {wrong}", nameof(interactions));
        Interactions = interactions;
        Whole = this;
        int[] degrees = interactions.ItemDegrees();
        ItemDegrees = degrees;
        _itemsWithEdges = Array.ConvertAll(degrees, degree => degree > 0 ? 1f : 0f);
        ColdUserCount = Enumerable.Range(0, UserCount).Count(u => UserDegree(u) == 0);
        _adjacency = new Once<CsrMatrix>(NormalizeSymmetrically);
        (_userSums, _itemSums) = SumConfidences(interactions);
        _userMeans = new Once<CsrMatrix>(() => WeightItemsOfUsers((user, edge) => (float)(Confidence(edge) / _userSums[user])));
        _normalizedInteractions = new Once<CsrMatrix>(() => WeightItemsOfUsers(Normalized));
    }

    /// <summary>The edges.</summary>
    public InteractionSet Interactions { get; }

    /// <summary>The graph that this one was made from by <see cref="Without"/>, or itself.</summary>
    internal InteractionGraph Whole { get; private init; }

    /// <summary>Whether a batch's edges are left out, so that another graph takes its place in the next step.</summary>
    private bool IsOfOneStep => !ReferenceEquals(Whole, this);

    /// <summary>The number of users U.</summary>
    public int UserCount => Interactions.UserCount;

    /// <summary>The number of items I.</summary>
    public int ItemCount => Interactions.ItemCount;

    /// <summary>The number of edges.</summary>
    public int EdgeCount => Interactions.Count;

    /// <summary>How many users each item has: I numbers.</summary>
    public IReadOnlyList<int> ItemDegrees { get; }

    /// <summary>The number of users without an edge.</summary>
    public int ColdUserCount { get; }

    /// <summary>How many items a user has.</summary>
    /// <param name="user">The user's index.</param>
    public int UserDegree(int user) => Interactions.ItemsOf(user).Length;

    /// <summary>The symmetrically normalised adjacency D^(-1/2) A D^(-1/2), [U+I, U+I] (LightGCN, eq. 7).</summary>
    public CsrMatrix Adjacency => _adjacency.Value;

    /// <summary>The matrix [U, I] whose rows average the items of a user: c / d_u for each of them, 1 / |N_u| without weights.</summary>
    public CsrMatrix UserMeans => _userMeans.Value;

    /// <summary>The upper right block of <see cref="Adjacency"/>, [U, I]: c / sqrt(d_u d_i) for each edge.</summary>
    public CsrMatrix NormalizedInteractions => _normalizedInteractions.Value;

    /// <summary>Frees what libtorch computed with, where it did; what computes with the graph again makes it again.</summary>
    internal void Release() => Propagation.Release(
        new[] { _adjacency, _userMeans, _normalizedInteractions }.Where(matrix => matrix.IsMade).Select(matrix => matrix.Value));

    /// <summary>A graph without a random share of the edges: each edge stays with probability 1 - <paramref name="share"/>.</summary>
    /// <param name="share">The share to drop, at least 0 and below 1.</param>
    /// <param name="seed">The seed that decides which edges are dropped.</param>
    public InteractionGraph DropEdges(double share, long seed)
    {
        Guard.Share(share, nameof(share));
        var random = new SeededRandom((ulong)seed, RandomPurpose.EdgeDropout);
        var dropped = new bool[EdgeCount];
        foreach (ref bool edge in dropped.AsSpan())
            edge = random.NextDouble() < share;
        return new InteractionGraph(Interactions.Without(dropped));
    }

    /// <summary>
    /// A graph without a share of the edges, those between nodes of high degree first: the edges that stay are drawn without replacement,
    /// with probability in proportion to c / sqrt(d_u d_i) (FREEDOM, MM 2023).
    /// </summary>
    /// <param name="share">The share to drop, at least 0 and below 1; the number of edges that stay is rounded up.</param>
    /// <param name="seed">The seed that decides which edges are dropped.</param>
    public InteractionGraph DropEdgesByDegree(double share, long seed)
    {
        Guard.Share(share, nameof(share));
        var random = new SeededRandom((ulong)seed, RandomPurpose.EdgeDropout);
        var keys = new double[EdgeCount];
        var edges = new int[EdgeCount];
        for (int user = 0; user < UserCount; user++)
        {
            for (int e = Interactions.Offsets[user]; e < Interactions.Offsets[user + 1]; e++)
            {
                // The smallest of independent exponential draws with rates w are a weighted sample without replacement.
                double degrees = Math.Sqrt(_userSums[user] * _itemSums[Interactions.Items[e]]);
                keys[e] = -Math.Log(1 - random.NextDouble()) * degrees / Confidence(e);
                edges[e] = e;
            }
        }

        Array.Sort(keys, edges);

        // In decimals: 1 - 0.7 is a little more than 0.3 in binary ones. A share next to 1 leaves an edge too.
        int kept = Math.Max(Math.Sign(EdgeCount), (int)decimal.Ceiling(EdgeCount * (1 - (decimal)share)));
        var dropped = new bool[EdgeCount];
        foreach (int e in edges.AsSpan(kept))
            dropped[e] = true;
        return new InteractionGraph(Interactions.Without(dropped));
    }

    /// <summary>A graph without the given edges, such as a batch's, so that representations don't hold what they must predict.</summary>
    /// <param name="users">User indices.</param>
    /// <param name="items">As many item indices; pairs that aren't edges are passed over.</param>
    /// <exception cref="ArgumentException">The numbers of indices differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such user.</exception>
    public InteractionGraph Without(ReadOnlySpan<int> users, ReadOnlySpan<int> items)
    {
        if (users.Length != items.Length)
            throw new ArgumentException($"Expected as many users as items, got {users.Length} and {items.Length}.", nameof(items));
        var hidden = new bool[EdgeCount];
        for (int n = 0; n < users.Length; n++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)users[n], (uint)UserCount, nameof(users));
            int at = Interactions.ItemsOf(users[n]).BinarySearch(items[n]);
            if (at >= 0)
                hidden[Interactions.Offsets[users[n]] + at] = true;
        }

        return new InteractionGraph(Interactions.Without(hidden)) { Whole = Whole };
    }

    /// <summary>
    /// What is known of the behaviour of users and items: rows of those without an edge become 0, so that content can speak for them. In
    /// training a random share of the items with edges can join them, so that the modal line learns to stand alone.
    /// </summary>
    /// <param name="behavior">Behaviour representations.</param>
    /// <param name="rows">The rows that the representations are of.</param>
    /// <param name="dropout">The share of items with edges whose rows become 0 too, at least 0 and below 1.</param>
    /// <param name="seed">The seed that decides which items are dropped.</param>
    /// <returns>
    /// Tensors that belong to the dispose scope that is open; where each user of the graph has an edge, the users' is that of
    /// <paramref name="behavior"/> itself.
    /// </returns>
    /// <exception cref="ArgumentException">The representations aren't of these rows, or the graph doesn't have them.</exception>
    public UserItemEmbeddings KeepKnown(UserItemEmbeddings behavior, RowSet rows, double dropout = 0, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Guard.Share(dropout, nameof(dropout));
        static Tensor Keep(Tensor table, float[] kept)
            => OwnKernels.Run(table) ? MaskFunction.Apply(table, kept) : table * tensor(kept, kept.Length, 1, device: CPU).to(table.device);
        ThrowIfMisshapen(behavior, rows);
        float[] items = KnownItems(dropout, seed);
        if (!rows.IsAll)
            items = Array.ConvertAll(rows.Items.ToArray(), item => items[item]);
        Tensor users = behavior.Users;
        if (ColdUserCount > 0)
        {
            int[] listed = rows.IsAll ? [.. Enumerable.Range(0, UserCount)] : rows.Users.ToArray();
            users = Keep(users, Array.ConvertAll(listed, user => UserDegree(user) > 0 ? 1f : 0f));
        }

        return new UserItemEmbeddings(users, Keep(behavior.Items, items));
    }

    /// <summary>1 for each item whose row <see cref="KeepKnown"/> keeps, 0 for the others.</summary>
    private float[] KnownItems(double dropout, long seed)
    {
        if (dropout == 0)
            return _itemsWithEdges;
        var random = new SeededRandom((ulong)seed, RandomPurpose.BehaviorDropout);
        return Array.ConvertAll(_itemsWithEdges, known => random.NextDouble() < dropout ? 0f : known);
    }

    /// <summary>1 for each user without an edge, 0 for the others.</summary>
    internal float[] ColdUserFlags() => [.. Enumerable.Range(0, UserCount).Select(u => UserDegree(u) == 0 ? 1f : 0f)];

    /// <inheritdoc/>
    public override string ToString() => $"{UserCount} users, {ItemCount} items, {EdgeCount} edges";

    private void ThrowIfMisshapen(UserItemEmbeddings behavior, RowSet rows)
    {
        int users = rows.IsAll ? UserCount : rows.Users.Length, items = rows.IsAll ? ItemCount : rows.Items.Length;
        if (behavior.Users.shape is not [var ofUsers, _] || ofUsers != users
            || behavior.Items.shape is not [var ofItems, _] || ofItems != items)
        {
            throw new ArgumentException(
                $"Expected rows of {users} users and {items} items, got [{string.Join(", ", behavior.Users.shape)}] and "
                + $"[{string.Join(", ", behavior.Items.shape)}].", nameof(behavior));
        }

        if ((!rows.Users.IsEmpty && rows.Users[^1] >= UserCount) || (!rows.Items.IsEmpty && rows.Items[^1] >= ItemCount))
            throw new ArgumentException($"Expected rows of {UserCount} users and {ItemCount} items, got others.", nameof(rows));
    }

    private CsrMatrix NormalizeSymmetrically()
    {
        int nodes = UserCount + ItemCount;
        var offsets = new int[nodes + 1];
        for (int u = 0; u < UserCount; u++)
            offsets[u + 1] = Interactions.Offsets[u + 1];
        for (int i = 0; i < ItemCount; i++)
            offsets[UserCount + i + 1] = offsets[UserCount + i] + ItemDegrees[i];

        var columns = new int[2 * EdgeCount];
        var values = new float[2 * EdgeCount];
        int[] next = offsets[UserCount..^1];
        for (int user = 0, at = 0; user < UserCount; user++)
        {
            foreach (int item in Interactions.ItemsOf(user))
            {
                float weight = Normalized(user, at);
                columns[at] = UserCount + item;
                values[at++] = weight;
                columns[next[item]] = user;
                values[next[item]++] = weight;
            }
        }

        return new CsrMatrix(nodes, nodes, offsets, columns, values, symmetric: true) { IsOfOneStep = IsOfOneStep };
    }

    private CsrMatrix WeightItemsOfUsers(Func<int, int, float> weight)
    {
        var values = new float[EdgeCount];
        for (int user = 0; user < UserCount; user++)
        {
            for (int e = Interactions.Offsets[user]; e < Interactions.Offsets[user + 1]; e++)
                values[e] = weight(user, e);
        }

        return new CsrMatrix(UserCount, ItemCount, Interactions.Offsets.ToArray(), Interactions.Items.ToArray(), values)
        {
            IsOfOneStep = IsOfOneStep,
        };
    }

    private float Normalized(int user, int edge)
        => (float)(Confidence(edge) / Math.Sqrt(_userSums[user] * _itemSums[Interactions.Items[edge]]));

    private double Confidence(int edge) => Interactions.Confidences is { IsEmpty: false } all ? all[edge] : 1;

    private static (double[] OfUsers, double[] OfItems) SumConfidences(InteractionSet interactions)
    {
        ReadOnlySpan<float> confidences = interactions.Confidences;
        double[] users = new double[interactions.UserCount], items = new double[interactions.ItemCount];
        for (int user = 0; user < users.Length; user++)
        {
            for (int e = interactions.Offsets[user]; e < interactions.Offsets[user + 1]; e++)
            {
                double confidence = confidences.IsEmpty ? 1 : confidences[e];
                users[user] += confidence;
                items[interactions.Items[e]] += confidence;
            }
        }

        return (users, items);
    }
}
