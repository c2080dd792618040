using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>Draws the interactions of a synthetic dataset.</summary>
internal sealed class SyntheticInteractions
{
    private const ulong Purpose = 13;
    private const int FewestInteractions = 5;
    private const double HeldOutShare = 0.1;
    private const double FavouriteShare = 0.7;
    private const double StyleWeight = 5;

    private readonly SyntheticOptions _options;
    private readonly SyntheticTastes _tastes;
    private readonly SeededRandom _random;
    private readonly WeightedItems[][] _warm;
    private readonly WeightedItems _anything;
    private readonly int[][] _cold;
    private readonly int[] _nextCold;
    private readonly List<(int User, int Item)> _train = [];
    private readonly List<(int User, int Item)> _validation = [];
    private readonly List<(int User, int Item)> _test = [];

    public SyntheticInteractions(SyntheticOptions options, SyntheticTastes tastes)
    {
        _options = options;
        _tastes = tastes;
        _random = new SeededRandom(options.Seed, Purpose);
        _cold = [.. tastes.ClusterItems.Select(items => items.Where(i => tastes.IsCold[i]).ToArray())];
        _nextCold = new int[_cold.Length];
        int[] styles = [.. Enumerable.Range(0, SyntheticTastes.Styles)];
        _warm = [.. tastes.ClusterItems.Select(items => styles.Select(style => Weigh(items, style)).ToArray())];
        _anything = new WeightedItems(tastes.ClusterItems.SelectMany(items => Popularity(items)));
    }

    public InteractionSplits Draw()
    {
        for (int user = 0; user < _options.Users; user++)
            DrawUser(user);
        CoverWarmItems();
        return new InteractionSplits(Set(_train), Set(_validation), Set(_test));
    }

    private InteractionSet Set(List<(int User, int Item)> pairs) => new(_options.Users, _options.Items, pairs);

    // Held-out interactions always follow the user's taste: that is what a model can be right about.
    private void DrawUser(int user)
    {
        double beyond = (_options.MeanInteractions - FewestInteractions) * -SeededRandom.Log(1 - _random.NextDouble());
        int count = FewestInteractions + (int)Math.Round(beyond);
        var seen = new HashSet<int>();
        int heldOut = 0;
        foreach (List<(int User, int Item)> set in new[] { _test, _validation })
        {
            int size = Math.Max(1, (int)((count * HeldOutShare) + _random.NextDouble()));
            for (int n = 0; n < size; n++)
            {
                if (NextHeldOut(user, seen) is not { } item)
                    continue;
                set.Add((user, item));
                heldOut++;
            }
        }

        for (int n = 0; n < count - heldOut; n++)
        {
            bool noise = _random.NextDouble() < _options.BehaviorNoise;
            int? drawn = noise ? null : Next(Liked(user), seen);
            if ((drawn ?? Next(_anything, seen)) is { } item)
                _train.Add((user, item));
        }
    }

    private int? NextHeldOut(int user, HashSet<int> seen)
    {
        if (_random.NextDouble() < _options.ColdInteractionShare)
        {
            int cluster = _tastes.UserClusters[user][0];
            int[] cold = _cold[cluster];
            for (int n = 0; n < cold.Length; n++)
            {
                // Round robin over the cold items of the cluster, so that each has its turn.
                int item = cold[_nextCold[cluster]];
                _nextCold[cluster] = (_nextCold[cluster] + 1) % cold.Length;
                if (seen.Add(item))
                    return item;
            }
        }

        return Next(Liked(user), seen);
    }

    private WeightedItems Liked(int user)
    {
        int[] clusters = _tastes.UserClusters[user];
        int which = clusters.Length == 1 || _random.NextDouble() < FavouriteShare ? 0 : 1;
        return _warm[clusters[which]][_tastes.UserStyles[user][which]];
    }

    // A heavy user may have seen a whole cluster.
    private int? Next(WeightedItems items, HashSet<int> seen)
    {
        const int Tries = 30;
        for (int n = 0; n < Tries; n++)
        {
            int item = items.Draw(_random);
            if (seen.Add(item))
                return item;
        }

        return null;
    }

    // Whatever isn't cold has a training interaction, with a user who likes its cluster where there is one.
    private void CoverWarmItems()
    {
        var covered = new bool[_options.Items];
        foreach (var (_, item) in _train)
            covered[item] = true;
        ILookup<int, int> heldOutUsers = _validation.Concat(_test)
            .Where(pair => !covered[pair.Item]).ToLookup(pair => pair.Item, pair => pair.User);
        int[] everyone = [.. Enumerable.Range(0, _options.Users)];
        int[][] fans = FansOfClusters();
        for (int item = 0; item < _options.Items; item++)
        {
            if (covered[item] || _tastes.IsCold[item])
                continue;
            if ((DrawWithout(fans[_tastes.ItemClusters[item]], heldOutUsers[item])
                ?? DrawWithout(everyone, heldOutUsers[item])) is { } user)
                _train.Add((user, item));
        }
    }

    private int[][] FansOfClusters()
    {
        List<int>[] fans = [.. _tastes.ClusterItems.Select(_ => new List<int>())];
        for (int user = 0; user < _options.Users; user++)
        {
            foreach (int cluster in _tastes.UserClusters[user])
                fans[cluster].Add(user);
        }

        return [.. fans.Select(users => users.ToArray())];
    }

    // Draws from ascending users without some of them, in time that doesn't grow with the number of users.
    private int? DrawWithout(int[] users, IEnumerable<int> without)
    {
        int[] places = [.. without.Select(user => Array.BinarySearch(users, user)).Where(place => place >= 0).Distinct().Order()];
        if (users.Length == places.Length)
            return null;
        int drawn = _random.NextInt(users.Length - places.Length);
        foreach (int place in places)
            drawn += place <= drawn ? 1 : 0;
        return users[drawn];
    }

    private WeightedItems Weigh(List<int> items, int style)
        => new(Popularity(items).Select(i => (i.Item, _tastes.ItemStyles[i.Item] == style ? i.Weight * StyleWeight : i.Weight)));

    // Rounded to whole numbers, because the last bits of Math.Pow are up to the platform.
    private IEnumerable<(int Item, double Weight)> Popularity(List<int> items)
    {
        double Weight(int rank) => Math.Round((1 << 20) * Math.Pow(rank + 1, -_options.PopularityExponent)) + 1;
        return items.Select((item, rank) => (Item: item, Weight: Weight(rank))).Where(i => !_tastes.IsCold[i.Item]);
    }

    /// <summary>Items to draw in proportion to their weights.</summary>
    private sealed class WeightedItems
    {
        private readonly int[] _items;
        private readonly double[] _sums;

        public WeightedItems(IEnumerable<(int Item, double Weight)> items)
        {
            (int Item, double Weight)[] all = [.. items];
            _items = [.. all.Select(i => i.Item)];
            _sums = new double[all.Length];
            double sum = 0;
            for (int i = 0; i < all.Length; i++)
                _sums[i] = sum += all[i].Weight;
        }

        public int Draw(SeededRandom random)
        {
            int place = Array.BinarySearch(_sums, random.NextDouble() * _sums[^1]);
            return _items[Math.Min(place < 0 ? ~place : place + 1, _items.Length - 1)];
        }
    }
}
