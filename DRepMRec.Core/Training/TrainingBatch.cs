using DRepMRec.Data;
using DRepMRec.Internals;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Training;

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

    /// <summary>At most <paramref name="most"/> of the distinct negatives, Int32, and the pairs of a row of <see cref="OnePerUser"/> and a place among them that don't count.</summary>
    internal (Tensor Items, IReadOnlyList<(int Row, int Negative)> Excluded) NegativesPerUser(int most)
    {
        int[] negatives = Choose(Distinct(_negatives), most);
        return (Indices(negatives), FalseNegatives(Array.ConvertAll(RowPerUser, r => _users[r]), negatives));
    }

    /// <summary>The pairs of a row and a shared negative that don't count, because the user has the item.</summary>
    internal IReadOnlyList<(int Row, int Negative)> FalseNegatives() => FalseNegatives(_users, _negatives);

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

    private List<(int Row, int Negative)> FalseNegatives(int[] users, int[] negatives)
    {
        var found = new List<(int, int)>();
        if (Known is null)
            return found;

        // Each item's places among the negatives as a chain: first[item], next[place], …; -1 ends it.
        int[] first = new int[Known.ItemCount], next = new int[negatives.Length];
        first.AsSpan().Fill(-1);
        for (int place = 0; place < next.Length; place++)
            (next[place], first[negatives[place]]) = (first[negatives[place]], place);
        for (int row = 0; row < users.Length; row++)
        {
            foreach (int item in Known.ItemsOf(users[row]))
            {
                for (int place = first[item]; place >= 0; place = next[place])
                    found.Add((row, place));
            }
        }

        return found;
    }

    private static int[] Distinct(int[] values)
    {
        int[] sorted = [.. values];
        Array.Sort(sorted);
        int count = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i == 0 || sorted[i] != sorted[i - 1])
                sorted[count++] = sorted[i];
        }

        return sorted[..count];
    }

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        foreach (Tensor tensor in _tensors)
            tensor.Dispose();
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
