using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Kernels;

namespace DRepMRec.Losses;

/// <summary>B training interactions with sampled negative items, by the dataset's indices of users and items.</summary>
/// <remarks>
/// <see cref="Whole"/> and <see cref="Compact"/> say at which rows of which tables its users and items are found, which is what losses and
/// alignments ask for. Holds no tensors. Its indices never change; not safe for use by many threads.
/// </remarks>
public sealed class TrainingBatch
{
    private readonly int[] _users;
    private readonly int[] _positives;
    private readonly int[] _negatives;
    private readonly Dictionary<object, object> _made = [];
    private readonly float[]? _lossFactors;

    /// <summary>Creates a batch, with copies of the arrays.</summary>
    /// <param name="users">B user indices.</param>
    /// <param name="positives">B item indices: an item of each user.</param>
    /// <param name="negatives">B * k item indices, k for each interaction in turn, or S when they are shared.</param>
    /// <param name="sharedNegatives">Whether all interactions share the negatives.</param>
    /// <exception cref="ArgumentException">The lengths don't fit, or an index is negative.</exception>
    public TrainingBatch(int[] users, int[] positives, int[] negatives, bool sharedNegatives = false)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(positives);
        ArgumentNullException.ThrowIfNull(negatives);
        if (users.Length == 0 || positives.Length != users.Length)
        {
            throw new ArgumentException(
                $"Expected as many positives as users and at least one; got {users.Length} users and {positives.Length} positives.",
                nameof(positives));
        }

        if (negatives.Length == 0 || (!sharedNegatives && negatives.Length % users.Length != 0))
            throw new ArgumentException($"Expected a multiple of {users.Length} negatives, got {negatives.Length}.", nameof(negatives));
        ThrowIfNegative(users, nameof(users));
        ThrowIfNegative(positives, nameof(positives));
        ThrowIfNegative(negatives, nameof(negatives));
        (_users, _positives, _negatives) = ([.. users], [.. positives], [.. negatives]);
        SharedNegatives = sharedNegatives;
    }

    /// <summary>The number of interactions B.</summary>
    public int Count => _users.Length;

    /// <summary>Whether all interactions share the negatives.</summary>
    public bool SharedNegatives { get; }

    /// <summary>The number of negatives: k for each interaction, or S shared ones.</summary>
    public int NegativeCount => SharedNegatives ? _negatives.Length : _negatives.Length / _users.Length;

    /// <summary>The seed of the random choices within the batch.</summary>
    /// <value>The default is 0.</value>
    public long Seed { get; init; }

    /// <summary>
    /// The interactions that tell which negatives a user has: the sampled softmax leaves such pairs out where negatives are shared.
    /// </summary>
    /// <value>The default is <see langword="null"/>: every negative counts.</value>
    public InteractionSet? Known { get; init; }

    /// <summary>
    /// How much each interaction counts, B numbers: the loss is their mean by these weights, sum c l / sum c. See
    /// <see cref="InteractionSet.Confidences"/>.
    /// </summary>
    /// <value>As many as there are interactions, each above 0 and finite. The default is empty: each counts alike.</value>
    /// <exception cref="ArgumentException">There is another number of them, or one isn't above 0.</exception>
    public IReadOnlyList<float> Confidences
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Count != 0 && value.Count != Count)
                throw new ArgumentException($"Expected {Count} confidences, got {value.Count}.", nameof(Confidences));
            if (value.Any(c => !(c > 0 && float.IsFinite(c))))
                throw new ArgumentException("Confidences must be above 0 and finite.", nameof(Confidences));
            field = [.. value];
            _lossFactors = FactorsOf(value);
        }
    } = [];

    /// <summary>B user indices.</summary>
    public ReadOnlySpan<int> UserIndices => _users;

    /// <summary>B item indices: the item of each interaction.</summary>
    public ReadOnlySpan<int> PositiveIndices => _positives;

    /// <summary>B * k or S item indices: the negatives.</summary>
    public ReadOnlySpan<int> NegativeIndices => _negatives;

    /// <summary>How negatives that aren't drawn all alike count; <see langword="null"/> where each counts as it is.</summary>
    internal NegativeCorrection? Correction { get; init; }

    /// <summary>The indices as pairwise losses take them.</summary>
    internal PairIndices Pairs => new(_users, _positives, _negatives, SharedNegatives) { Factors = _lossFactors };

    /// <summary>What the loss of each interaction is multiplied by before the mean is taken; <see langword="null"/> for 1.</summary>
    internal float[]? LossFactors => _lossFactors;

    /// <summary>The batch in tables that have a row for every user and every item.</summary>
    public BatchRows Whole => field ??= BatchRows.InAllRows(this);

    /// <summary>The batch in tables that have rows for its own users and items alone.</summary>
    public BatchRows Compact => field ??= BatchRows.InOwnRows(this);

    private static void ThrowIfNegative(int[] indices, string name)
    {
        if (indices.AsSpan().IndexOfAnyInRange(int.MinValue, -1) is >= 0 and int at)
            throw new ArgumentOutOfRangeException(name, indices[at], "Expected indices from 0.");
    }

    private static float[]? FactorsOf(IReadOnlyList<float> confidences)
    {
        double mean = confidences.Sum(c => (double)c) / Math.Max(1, confidences.Count);
        return confidences.Count == 0 ? null : [.. confidences.Select(c => (float)(c / mean))];
    }

    /// <summary>What a part makes of this batch once, ahead of its step or in it.</summary>
    /// <param name="key">The part, and all else that the result depends on.</param>
    /// <param name="make">Makes the result.</param>
    internal T Once<T>(object key, Func<T> make)
        where T : class
    {
        if (!_made.TryGetValue(key, out object? known))
            _made[key] = known = make();
        return (T)known;
    }

    /// <summary>How far these rows of the batch reach in a part's graph.</summary>
    /// <returns><see langword="null"/> where the rows aren't the batch's own.</returns>
    internal BatchReach? Reach(object part, CsrMatrix adjacency, int layers, int userCount, RowSet rows)
        => ReferenceEquals(rows, Compact.Rows) ? Once((part, adjacency), () => BatchReach.Of(adjacency, layers, userCount, rows)) : null;

    /// <summary>For each of the users, the places among the negatives that don't count, because the user has the item.</summary>
    /// <param name="users">User indices.</param>
    /// <param name="negatives">Item indices.</param>
    internal ExcludedPairs FalseNegatives(ReadOnlySpan<int> users, ReadOnlySpan<int> negatives)
    {
        if (Known is null)
            return ExcludedPairs.None;

        // Each item's places among the negatives as a chain: first[item], next[place], …; 0 ends it, places count from 1.
        int[] first = new int[Known.ItemCount], next = new int[negatives.Length + 1];
        for (int place = negatives.Length; place > 0; place--)
            (next[place], first[negatives[place - 1]]) = (first[negatives[place - 1]], place);
        var excluded = new ExcludedPairs.Builder(users.Length);
        foreach (int user in users)
        {
            foreach (int item in Known.ItemsOf(user))
            {
                for (int place = first[item]; place > 0; place = next[place])
                    excluded.Add(place - 1);
            }

            excluded.EndRow();
        }

        return excluded.Build();
    }
}
