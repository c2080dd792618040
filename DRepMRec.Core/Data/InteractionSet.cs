namespace DRepMRec.Data;

/// <summary>Distinct user-item pairs by index, grouped by user; within a user the items ascend.</summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
public sealed class InteractionSet
{
    private const double SmallWeight = 1e-4;

    private readonly int[] _offsets;
    private readonly int[] _items;
    private readonly float[]? _weights;
    private float[]? _confidences;

    /// <summary>Groups pairs by user.</summary>
    /// <param name="userCount">The number of users U; every user index is below it.</param>
    /// <param name="itemCount">The number of items I; every item index is below it.</param>
    /// <param name="pairs">The pairs, each once, in any order.</param>
    /// <param name="weights">How much each pair counts, in their order, from 1e-20 to 1e20; <see langword="null"/> for 1 each.</param>
    /// <exception cref="ArgumentException">An index or weight is out of range, or a pair occurs twice.</exception>
    public InteractionSet(
        int userCount, int itemCount, IReadOnlyCollection<(int User, int Item)> pairs, IReadOnlyList<float>? weights = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(userCount);
        ArgumentOutOfRangeException.ThrowIfNegative(itemCount);
        ArgumentNullException.ThrowIfNull(pairs);
        ThrowIfWrong(weights, pairs.Count);
        UserCount = userCount;
        ItemCount = itemCount;
        _offsets = new int[userCount + 1];
        foreach (var (user, item) in pairs)
        {
            if ((uint)user >= (uint)userCount || (uint)item >= (uint)itemCount)
            {
                throw new ArgumentException(
                    $"Expected user indices below {userCount} and item indices below {itemCount}; got the pair ({user}, {item}).",
                    nameof(pairs));
            }

            _offsets[user + 1]++;
        }

        for (int u = 0; u < userCount; u++)
            _offsets[u + 1] += _offsets[u];

        _items = new int[_offsets[userCount]];
        float[]? own = weights is null ? null : new float[_items.Length];
        int[] next = _offsets[..^1];
        int n = 0;
        foreach (var (user, item) in pairs)
        {
            int at = next[user]++;
            _items[at] = item;
            if (own is not null)
                own[at] = weights![n++];
        }

        for (int u = 0; u < userCount; u++)
        {
            Span<int> row = SortRow(_offsets, _items, own, u);
            for (int i = 1; i < row.Length; i++)
            {
                if (row[i] == row[i - 1])
                    throw new ArgumentException($"Each pair must occur once; got the pair ({u}, {row[i]}) twice.", nameof(pairs));
            }
        }

        _weights = UnlessAllOne(own);
    }

    /// <summary>Takes over arrays that are already in order.</summary>
    private InteractionSet(int userCount, int itemCount, int[] offsets, int[] items, float[]? weights)
    {
        UserCount = userCount;
        ItemCount = itemCount;
        _offsets = offsets;
        _items = items;
        _weights = UnlessAllOne(weights);
    }

    /// <summary>The number of users U, users without a pair included.</summary>
    public int UserCount { get; }

    /// <summary>The number of items I, items without a pair included.</summary>
    public int ItemCount { get; }

    /// <summary>The number of pairs.</summary>
    public int Count => _items.Length;

    /// <summary>The items of all users, one user after the other.</summary>
    public ReadOnlySpan<int> Items => _items;

    /// <summary>
    /// How much each pair counts, in the order of <see cref="Items"/>: a number of purchases, a rating, minutes played, or what kinds of
    /// events count. Empty when every weight is 1.
    /// </summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>
    /// How much each pair counts in training, in the order of <see cref="Items"/>: c = log2(1 + w) of its weight w, the logarithmic
    /// confidence of Hu, Koren and Volinsky (ICDM 2008, eq. 6) on the scale on which the weight 1 has the confidence 1, so that the
    /// hundredth purchase counts for less than the first. Empty when every weight is 1, and so is every confidence.
    /// </summary>
    /// <remarks>For a confidence of one's own, c, a pair is given the weight 2^c - 1.</remarks>
    public ReadOnlySpan<float> Confidences
        => _weights is null ? default : _confidences ??= Array.ConvertAll(_weights, weight => (float)Confidence(weight));

    /// <summary>Where each user's items begin in <see cref="Items"/>: U + 1 entries, the last is <see cref="Count"/>.</summary>
    public ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>The items of a user, ascending.</summary>
    /// <param name="user">The user's index.</param>
    public ReadOnlySpan<int> ItemsOf(int user) => _items.AsSpan(_offsets[user], _offsets[user + 1] - _offsets[user]);

    /// <summary>The weights of a user's pairs, in the order of <see cref="ItemsOf"/>; empty when every weight of the set is 1.</summary>
    /// <param name="user">The user's index.</param>
    public ReadOnlySpan<float> WeightsOf(int user) => _weights.AsSpan(
        _weights is null ? 0 : _offsets[user], _weights is null ? 0 : _offsets[user + 1] - _offsets[user]);

    /// <summary>The confidences of a user's pairs, in the order of <see cref="ItemsOf"/>; empty when every weight is 1.</summary>
    /// <param name="user">The user's index.</param>
    public ReadOnlySpan<float> ConfidencesOf(int user)
        => _weights is null ? default : Confidences[_offsets[user].._offsets[user + 1]];

    /// <summary>Whether a pair is in the set.</summary>
    /// <param name="user">The user's index.</param>
    /// <param name="item">The item's index.</param>
    public bool Contains(int user, int item) => ItemsOf(user).BinarySearch(item) >= 0;

    /// <summary>The user of each pair, in the order of <see cref="Items"/>.</summary>
    public int[] ExpandUsers()
    {
        var users = new int[Count];
        for (int u = 0; u < UserCount; u++)
            users.AsSpan(_offsets[u].._offsets[u + 1]).Fill(u);
        return users;
    }

    /// <summary>A set over these users and items that lacks the given pairs.</summary>
    /// <param name="left">For each pair, in the order of <see cref="Items"/>, whether it is left out.</param>
    internal InteractionSet Without(ReadOnlySpan<bool> left)
    {
        var offsets = new int[UserCount + 1];
        var items = new int[Count - left.Count(true)];
        float[]? weights = _weights is null ? null : new float[items.Length];
        int next = 0;
        for (int user = 0; user < UserCount; user++)
        {
            for (int e = _offsets[user]; e < _offsets[user + 1]; e++)
            {
                if (left[e])
                    continue;
                if (weights is not null)
                    weights[next] = _weights![e];
                items[next++] = _items[e];
            }

            offsets[user + 1] = next;
        }

        return new InteractionSet(UserCount, ItemCount, offsets, items, weights);
    }

    /// <summary>How many users each item has.</summary>
    public int[] ItemDegrees()
    {
        var degrees = new int[ItemCount];
        foreach (int item in _items)
            degrees[item]++;
        return degrees;
    }

    /// <summary>Takes over distinct pairs that are grouped by user, and puts each user's into order.</summary>
    internal static InteractionSet Adopt(int userCount, int itemCount, int[] offsets, int[] items, float[]? weights)
    {
        Parallelism.ForRanges(userCount, SplitOrder.UsersPerThread, (from, to) =>
        {
            for (int user = from; user < to; user++)
                SortRow(offsets, items, weights, user);
        });
        return new InteractionSet(userCount, itemCount, offsets, items, weights);
    }

    private static Span<int> SortRow(int[] offsets, int[] items, float[]? weights, int user)
    {
        Span<int> row = items.AsSpan(offsets[user]..offsets[user + 1]);
        if (weights is null)
            row.Sort();
        else
            row.Sort(weights.AsSpan(offsets[user]..offsets[user + 1]));
        return row;
    }

    /// <summary>log2(1 + weight), to single precision for small weights too.</summary>
    internal static double Confidence(double weight)
        => weight < SmallWeight ? (weight - (weight * weight / 2)) / Math.Log(2) : Math.Log2(1 + weight);

    private static float[]? UnlessAllOne(float[]? weights) => weights.AsSpan().ContainsAnyExcept(1f) ? weights : null;

    private static void ThrowIfWrong(IReadOnlyList<float>? weights, int pairs)
    {
        if (weights is null)
            return;
        if (weights.Count != pairs)
            throw new ArgumentException($"Expected a weight for each of {pairs} pairs, got {weights.Count}.", nameof(weights));
        for (int n = 0; n < pairs; n++)
        {
            if (!EventWeights.IsWeight(weights[n]))
            {
                throw new ArgumentException(
                    FormattableString.Invariant(
                    $"Weights must be from {EventWeights.Min} to {EventWeights.Max}; number {n} is {weights[n]}."), nameof(weights));
            }
        }
    }
}
