using DRepMRec.Graphs;
using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.Losses;

/// <summary>
/// Where the users and items of a batch are found in a pair of tables, [users, D] and [items, D]: what losses and alignments need to pick
/// the rows that belong together. Tables have either a row for every user and item (<see cref="TrainingBatch.Whole"/>), or the rows that
/// the batch asks for (<see cref="TrainingBatch.Compact"/>), in ascending order of their indices, so that random choices fall on the same
/// users and items either way.
/// </summary>
/// <remarks>All numbers here are places: numbers of rows in the tables. Holds no tensors. Not safe for use by many threads.</remarks>
public sealed class BatchRows
{
    private readonly int[] _users;
    private readonly int[] _positives;
    private readonly int[] _negatives;
    private ExcludedPairs? _falseNegatives;

    /// <summary>Refuses tables of other rows than those that the batch speaks of: its places would be those of others.</summary>
    /// <exception cref="ArgumentException">They have other numbers of rows than the batch's own.</exception>
    internal void ThrowIfOtherRows(UserItemEmbeddings tables, string name)
    {
        if (!Rows.IsAll && (tables.Users.shape[0] != Rows.Users.Length || tables.Items.shape[0] != Rows.Items.Length))
        {
            throw new ArgumentException(
                $"Expected the rows of the batch's own {Rows.Users.Length} users and {Rows.Items.Length} items, got "
                + $"{tables.Users.shape[0]} and {tables.Items.shape[0]}.", name);
        }
    }

    private BatchRows(TrainingBatch batch, RowSet rows, int[] users, int[] positives, int[] negatives)
    {
        Batch = batch;
        Rows = rows;
        (_users, _positives, _negatives) = (users, positives, negatives);
    }

    /// <summary>The batch by the dataset's indices.</summary>
    public TrainingBatch Batch { get; }

    /// <summary>The rows that the tables have.</summary>
    public RowSet Rows { get; }

    /// <summary>The place of each interaction's user: B numbers.</summary>
    public ReadOnlySpan<int> Users => _users;

    /// <summary>The place of each interaction's item: B numbers.</summary>
    public ReadOnlySpan<int> Positives => _positives;

    /// <summary>The places of the negatives, in the order of <see cref="TrainingBatch.NegativeIndices"/>.</summary>
    public ReadOnlySpan<int> Negatives => _negatives;

    /// <summary>The distinct users of the batch, ascending.</summary>
    public ReadOnlySpan<int> DistinctUsers => DistinctUserPlaces;

    /// <summary>The distinct positive items of the batch, ascending.</summary>
    public ReadOnlySpan<int> DistinctItems => DistinctItemPlaces;

    private int[] DistinctUserPlaces => field ??= new IndexSet(_users).ToArray();

    private int[] DistinctItemPlaces => field ??= new IndexSet(_positives).ToArray();

    // The first interaction of each distinct user, by ascending users.
    private int[] FirstOfUsers => field ??= FirstOfEach();

    /// <summary>At most a number of the distinct users, drawn by the batch's seed where there are more.</summary>
    /// <param name="max">The most users, 0 or more.</param>
    public int[] SampleDistinctUsers(int max) => Sample(DistinctUserPlaces, max);

    /// <summary>At most a number of the distinct positive items, drawn by the batch's seed where there are more.</summary>
    /// <param name="max">The most items, 0 or more.</param>
    public int[] SampleDistinctItems(int max) => Sample(DistinctItemPlaces, max);

    /// <summary>One interaction of each distinct user: in a batch of interactions, users with many would drown the others.</summary>
    /// <returns>The places of the users, each once, ascending, and of the item of each.</returns>
    public (int[] Users, int[] Items) OnePerUser()
        => (Array.ConvertAll(FirstOfUsers, b => _users[b]), Array.ConvertAll(FirstOfUsers, b => _positives[b]));

    /// <summary>Distinct negatives to set the pairs of <see cref="OnePerUser"/> off against.</summary>
    /// <param name="max">The most negatives; drawn by the batch's seed where there are more.</param>
    /// <returns>The items' places and, for each user of <see cref="OnePerUser"/>, the ones to leave out: items of the user.</returns>
    public (int[] Items, ExcludedPairs Excluded) NegativesPerUser(int max)
    {
        int[] items = Sample(new IndexSet(_negatives).ToArray(), max);
        int[] users = Array.ConvertAll(FirstOfUsers, b => Batch.UserIndices[b]);
        return (items, Batch.FalseNegatives(users, Rows.IsAll ? items : Array.ConvertAll(items, place => Rows.Items[place])));
    }

    /// <summary>The batch in whole tables: places are the indices themselves.</summary>
    internal static BatchRows InAllRows(TrainingBatch batch)
        => new(batch, RowSet.All, batch.UserIndices.ToArray(), batch.PositiveIndices.ToArray(), batch.NegativeIndices.ToArray());

    /// <summary>The batch in tables of its own rows.</summary>
    internal static BatchRows InOwnRows(TrainingBatch batch)
    {
        var users = new IndexSet(batch.UserIndices);
        var items = new IndexSet(batch.PositiveIndices, batch.NegativeIndices);
        return new BatchRows(
            batch, new RowSet(users.ToArray(), items.ToArray()),
            users.Places(batch.UserIndices), items.Places(batch.PositiveIndices), items.Places(batch.NegativeIndices));
    }

    /// <summary>The places as pairwise losses take them.</summary>
    internal PairIndices Pairs => new(_users, _positives, _negatives, Batch.SharedNegatives)
    {
        Factors = Batch.LossFactors,
        Offsets = Batch.Correction?.OfDrawn(Batch.NegativeIndices),
    };

    /// <summary>For each of the tables' users, the shared negatives to leave out: items of the user. For own rows only.</summary>
    internal ExcludedPairs FalseNegatives() => _falseNegatives ??= Batch.FalseNegatives(Rows.Users, Batch.NegativeIndices);

    /// <summary>Does what can be done before a step asks for it; on any thread, but one at a time.</summary>
    internal void Prepare()
    {
        if (Batch.SharedNegatives)
            FalseNegatives();
    }

    /// <summary>How often each of the tables' users occurs in the batch. For own rows only.</summary>
    internal float[] UserCounts() => Count(Rows.Users.Length, _users, []);

    /// <summary>How often each of the tables' items occurs in the batch, as positive or as negative. For own rows only.</summary>
    internal float[] ItemCounts() => Count(Rows.Items.Length, _positives, _negatives);

    private int[] FirstOfEach()
    {
        int[] users = DistinctUserPlaces, first = new int[users.Length];
        var places = new IndexSet(users);
        for (int b = _users.Length - 1; b >= 0; b--)
            first[places.Place(_users[b])] = b;
        return first;
    }

    private static float[] Count(int length, int[] first, int[] second)
    {
        var counts = new float[length];
        foreach (int place in first)
            counts[place]++;
        foreach (int place in second)
            counts[place]++;
        return counts;
    }

    private int[] Sample(int[] places, int max)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        int[] shuffled = [.. places]; // The caller may change it.
        if (places.Length <= max)
            return shuffled;
        new SeededRandom((ulong)Batch.Seed, RandomPurpose.EntitySample).Shuffle(shuffled.AsSpan());
        return shuffled[..max];
    }
}
