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
    private readonly List<int>[] _cold;
    private readonly List<(int User, int Item)> _train = [];
    private readonly List<(int User, int Item)> _validation = [];
    private readonly List<(int User, int Item)> _test = [];

    public SyntheticInteractions(SyntheticOptions options, SyntheticTastes tastes)
    {
        _options = options;
        _tastes = tastes;
        _random = new SeededRandom(options.Seed, Purpose);
        _cold = [.. tastes.ClusterItems.Select(items => items.Where(i => tastes.IsCold[i]).ToList())];
        _warm = [.. tastes.ClusterItems.Select(items => Enumerable.Range(0, SyntheticTastes.Styles).Select(style => Weigh(items, style)).ToArray())];
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
        int count = FewestInteractions + (int)Math.Round((_options.MeanInteractions - FewestInteractions) * -SeededRandom.Log(1 - _random.NextDouble()));
        var seen = new HashSet<int>();
        int heldOut = 0;
        foreach (List<(int User, int Item)> set in new[] { _test, _validation })
        {
            int size = Math.Max(1, (int)((count * HeldOutShare) + _random.NextDouble()));
            heldOut += size;
            for (int n = 0; n < size; n++)
            {
                if (NextHeldOut(user, seen) is { } item)
                    set.Add((user, item));
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
            List<int> cold = _cold[_tastes.UserClusters[user][0]];
            for (int n = 0; n < cold.Count; n++)
            {
                // Round robin over the cold items of the cluster, so that each has its turn.
                int item = cold[0];
                cold.RemoveAt(0);
                cold.Add(item);
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
        var pairs = new HashSet<(int, int)>([.. _train, .. _validation, .. _test]);
        var covered = new bool[_options.Items];
        foreach (var (_, item) in _train)
            covered[item] = true;
        for (int item = 0; item < _options.Items; item++)
        {
            if (covered[item] || _tastes.IsCold[item])
                continue;
            int[] fans = [.. Enumerable.Range(0, _options.Users).Where(u => _tastes.UserClusters[u].Contains(_tastes.ItemClusters[item]) && !pairs.Contains((u, item)))];
            int[] anyone = fans.Length > 0 ? fans : [.. Enumerable.Range(0, _options.Users).Where(u => !pairs.Contains((u, item)))];
            if (anyone.Length > 0)
                _train.Add((anyone[_random.NextInt(anyone.Length)], item));
        }
    }

    private WeightedItems Weigh(List<int> items, int style)
        => new(Popularity(items).Select(i => (i.Item, _tastes.ItemStyles[i.Item] == style ? i.Weight * StyleWeight : i.Weight)));

    // Rounded to whole numbers, because the last bits of Math.Pow are up to the platform.
    private IEnumerable<(int Item, double Weight)> Popularity(List<int> items)
        => items.Select((item, rank) => (Item: item, Weight: Math.Round((1 << 20) * Math.Pow(rank + 1, -_options.PopularityExponent)) + 1)).Where(i => !_tastes.IsCold[i.Item]);

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
