using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Losses;

/// <summary>A batch of B training interactions with sampled negative items.</summary>
/// <remarks>Its tensors are made when first asked for and belong to the batch until it is disposed, after which asking for them is an <see cref="ObjectDisposedException"/>. Not safe for use by many threads.</remarks>
public sealed class TrainingBatch : IDisposable
{
    private readonly List<Tensor> _tensors = [];
    private readonly int[] _users;
    private readonly int[] _positives;
    private readonly int[] _negatives;
    private int[]? _distinctUsers;
    private int[]? _distinctItems;
    private int[]? _oneRowPerUser;
    private BatchRows? _rows;
    private (Tensor, Tensor)? _onePerUser;
    private bool _isDisposed;

    /// <summary>Creates a batch.</summary>
    /// <param name="users">B user indices.</param>
    /// <param name="positives">B item indices: an item of each user.</param>
    /// <param name="negatives">B * k item indices, k for each interaction in turn, or S when they are shared.</param>
    /// <param name="sharedNegatives">Whether all interactions share the negatives.</param>
    /// <exception cref="ArgumentException">The lengths don't fit.</exception>
    public TrainingBatch(int[] users, int[] positives, int[] negatives, bool sharedNegatives = false)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(positives);
        ArgumentNullException.ThrowIfNull(negatives);
        if (users.Length == 0 || positives.Length != users.Length)
            throw new ArgumentException($"Expected as many positives as users and at least one; got {users.Length} users and {positives.Length} positives.", nameof(positives));
        if (negatives.Length == 0 || (!sharedNegatives && negatives.Length % users.Length != 0))
            throw new ArgumentException($"Expected a multiple of {users.Length} negatives, got {negatives.Length}.", nameof(negatives));
        _users = users;
        _positives = positives;
        _negatives = negatives;
        SharedNegatives = sharedNegatives;
    }

    /// <summary>The number of interactions B.</summary>
    public int Count => _users.Length;

    /// <summary>Whether all interactions share the negatives.</summary>
    public bool SharedNegatives { get; }

    /// <summary>The number of negatives: k for each interaction, or S shared ones.</summary>
    public int NegativeCount => SharedNegatives ? _negatives.Length : _negatives.Length / _users.Length;

    /// <summary>What random choices within the batch depend on: the same seed, the same choices.</summary>
    /// <value>The default is 0.</value>
    public long Seed { get; init; }

    /// <summary>The interactions by which negatives are recognised as items that a user has: such pairs don't count where negatives are shared.</summary>
    /// <value>The default is <see langword="null"/>: every negative counts.</value>
    public InteractionSet? Known { get; init; }

    /// <summary>Where the tensors live.</summary>
    /// <value>The default is the CPU.</value>
    public Device Device { get; init; } = CPU;

    /// <summary>The distinct users and items that the batch asks for; made at the first call and kept.</summary>
    internal BatchRows Rows
    {
        get => _rows ??= new BatchRows(this);
        init => _rows = value;
    }

    /// <summary>The distinct users as a tensor, Int32.</summary>
    internal Tensor RowUsers => field ??= Indices(Rows.Users);

    /// <summary>The distinct positive and negative items as a tensor, Int32.</summary>
    internal Tensor RowItems => field ??= Indices(Rows.Items);

    /// <summary>The indices as the pairwise loss takes them.</summary>
    internal PairIndices Pairs => new(_users, _positives, _negatives, SharedNegatives);

    /// <summary>The user indices.</summary>
    public ReadOnlySpan<int> UserIndices => _users;

    /// <summary>The item index of each interaction.</summary>
    public ReadOnlySpan<int> PositiveIndices => _positives;

    /// <summary>The negatives' item indices.</summary>
    public ReadOnlySpan<int> NegativeIndices => _negatives;

    /// <summary>[B] user indices, Int32.</summary>
    public Tensor Users => Keep(ref field, _users);

    /// <summary>[B] item indices, Int32.</summary>
    public Tensor Positives => Keep(ref field, _positives);

    /// <summary>[B * k] or [S] item indices, Int32.</summary>
    public Tensor Negatives => Keep(ref field, _negatives);

    /// <summary>The distinct users of the batch, ascending, Int32.</summary>
    public Tensor DistinctUsers => Keep(ref field, _distinctUsers ??= Distinct(_users));

    /// <summary>The distinct positive items of the batch, ascending, Int32.</summary>
    public Tensor DistinctItems => Keep(ref field, _distinctItems ??= Distinct(_positives));

    /// <summary>At most <paramref name="most"/> of the distinct users, drawn by the batch's seed, Int32.</summary>
    internal Tensor SampleDistinctUsers(int most) => Sample(DistinctUsers, _distinctUsers!, most);

    /// <summary>At most <paramref name="most"/> of the distinct positive items, drawn by the batch's seed, Int32.</summary>
    internal Tensor SampleDistinctItems(int most) => Sample(DistinctItems, _distinctItems!, most);

    /// <summary>One interaction of each distinct user, as user and item indices, Int32: in a batch of interactions, users with many would drown the others.</summary>
    internal (Tensor Users, Tensor Items) OnePerUser => _onePerUser ??= (Indices(Array.ConvertAll(RowPerUser, r => _users[r])), Indices(Array.ConvertAll(RowPerUser, r => _positives[r])));

    /// <summary>At most <paramref name="most"/> of the distinct negatives, Int32, and, for each row of <see cref="OnePerUser"/>, the places among them that don't count.</summary>
    internal (Tensor Items, ExcludedPairs Excluded) NegativesPerUser(int most)
    {
        int[] negatives = Choose(Distinct(_negatives), most);
        return (Indices(negatives), FalseNegatives(Array.ConvertAll(RowPerUser, r => _users[r]), negatives));
    }

    /// <summary>For each of <paramref name="users"/>, the places among the shared negatives that don't count, because the user has the item.</summary>
    internal ExcludedPairs FalseNegatives(int[] users) => FalseNegatives(users, _negatives);

    /// <summary>The users in the order of the rows.</summary>
    internal int[] UserArray => _users;

    /// <summary>The dot products of each row's user with its negatives: [B, D] and all items' [I, D] to [B, k].</summary>
    internal Tensor ScoreNegatives(Tensor users, Tensor items)
    {
        Tensor rows = items.index_select(0, Negatives);
        return SharedNegatives ? matmul(users, rows.t()) : matmul(rows.reshape(Count, NegativeCount, -1), users.unsqueeze(2)).squeeze(2);
    }

    private int[] RowPerUser => _oneRowPerUser ??= [.. Enumerable.Range(0, Count).DistinctBy(r => _users[r])];

    private Tensor Sample(Tensor all, int[] values, int most) => values.Length <= most ? all : Indices(Choose(values, most));

    private int[] Choose(int[] values, int most)
    {
        if (values.Length <= most)
            return values;
        int[] shuffled = [.. values];
        new SeededRandom((ulong)Seed, RandomPurpose.EntitySample).Shuffle(shuffled.AsSpan());
        return shuffled[..most];
    }

    private ExcludedPairs FalseNegatives(int[] users, int[] negatives)
    {
        // A batch of places looks its users and items up.
        TrainingBatch whole = Rows.Whole;
        if (whole.Known is null)
            return ExcludedPairs.None;
        if (!ReferenceEquals(whole, this))
            return whole.FalseNegatives(Array.ConvertAll(users, u => Rows.Users[u]), Array.ConvertAll(negatives, i => Rows.Items[i]));

        // Each item's places among the negatives as a chain: first[item], next[place], …; 0 ends it, places count from 1.
        int[] first = new int[whole.Known.ItemCount], next = new int[negatives.Length + 1];
        for (int place = negatives.Length; place > 0; place--)
            (next[place], first[negatives[place - 1]]) = (first[negatives[place - 1]], place);
        var excluded = new ExcludedPairs.Builder(users.Length);
        foreach (int user in users)
        {
            foreach (int item in whole.Known.ItemsOf(user))
            {
                for (int place = first[item]; place > 0; place = next[place])
                    excluded.Add(place - 1);
            }

            excluded.EndRow();
        }

        return excluded.Build();
    }

    private static int[] Distinct(int[] values) => new IndexSet(values).ToArray();

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        foreach (Tensor tensor in _tensors)
            tensor.Dispose();
        if (_rows is not null && !ReferenceEquals(_rows.Local, this))
            _rows.Local.Dispose();
    }

    private Tensor Keep(ref Tensor? place, int[] values)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return place ??= Indices(values);
    }

    private Tensor Indices(int[] values)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using DisposeScope scope = NewDisposeScope();
        Tensor indices = tensor(values).to(Device).DetachFromDisposeScope();
        _tensors.Add(indices);
        return indices;
    }
}
