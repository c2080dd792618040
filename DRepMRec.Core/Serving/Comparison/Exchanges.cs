using DRepMRec.Data;

namespace DRepMRec.Serving;

/// <summary>Splits into parts by how much the items that came into a list got ahead of those that left it.</summary>
internal sealed class Exchanges(Recommender old, Recommender @new, RecommendationRequest request)
{
    private const string BehaviorName = "behavior";
    private const string ItemToItemName = "item-to-item";
    private const string PopularityName = "popularity";
    private readonly Parts _oldParts = new(), _newParts = new();
    private double _oldSpread, _newSpread;
    private int _oldSpreads, _newSpreads;

    /// <summary>Why some exchange couldn't be split.</summary>
    public string? Unexplained { get; private set; }

    /// <summary>Measures the units of the two models' scores: the mean difference between the first and the last score of a list.</summary>
    public void Measure(RecommendationList before, RecommendationList after)
    {
        Add(before, ref _oldSpread, ref _oldSpreads);
        Add(after, ref _newSpread, ref _newSpreads);

        static void Add(RecommendationList list, ref double spread, ref int spreads)
        {
            if (list.Source == RecommendationSource.Popularity || list.Count < 2)
                return;
            spread += list[0].Score - (double)list[^1].Score;
            spreads++;
        }
    }

    /// <summary>
    /// The exchange of a user, without items that one of the models doesn't have or doesn't ask about because the user has them;
    /// <see langword="null"/> where nothing is left of it, or a score has no parts.
    /// </summary>
    public Exchange? Of(string user, IReadOnlyList<string> entered, IReadOnlyList<string> left)
    {
        HashSet<string> before = NotAsked(old, user), after = NotAsked(@new, user);
        string[] winners = [.. entered.Where(item => old.Items.Contains(item) && !before.Contains(item))];
        string[] losers = [.. left.Where(item => @new.Items.Contains(item) && !after.Contains(item))];
        if (winners.Length == 0 || losers.Length == 0)
            return null;
        return Margin(old, user, winners, losers) is { } oldMargin && Margin(@new, user, winners, losers) is { } newMargin
            ? new Exchange(oldMargin, newMargin, winners.Length) : null;
    }

    private HashSet<string> NotAsked(Recommender model, string user) => request.ExcludeSeen ? [.. model.History(user)] : [];

    /// <summary>Adds an exchange to the whole, by the number of its items.</summary>
    public void Add(Exchange exchange)
    {
        _oldParts.Add(exchange.Old, exchange.Items);
        _newParts.Add(exchange.New, exchange.Items);
    }

    /// <summary>The shares of the parts in the whole.</summary>
    public IReadOnlyDictionary<string, double> Shares() => Shares(_oldParts, _newParts);

    /// <summary>The shares of the parts in one exchange.</summary>
    public IReadOnlyDictionary<string, double> Shares(Exchange exchange) => Shares(exchange.Old, exchange.New);

    private Dictionary<string, double> Shares(Parts before, Parts after)
    {
        double oldUnit = _oldSpreads == 0 ? 1 : _oldSpread / _oldSpreads, newUnit = _newSpreads == 0 ? 1 : _newSpread / _newSpreads;
        if (oldUnit <= 0 || newUnit <= 0)
            return [];
        var rises = before.Names.Union(after.Names).ToDictionary(name => name, name => (after[name] / newUnit) - (before[name] / oldUnit));
        double whole = rises.Values.Sum();
        return whole > 0 ? rises.ToDictionary(r => r.Key, r => r.Value / whole) : [];
    }

    /// <summary>The mean parts of the winners' scores minus those of the losers'.</summary>
    private Parts? Margin(Recommender model, string user, string[] winners, string[] losers)
    {
        var margin = new Parts();
        foreach (var (items, sign) in new[] { (winners, 1.0), (losers, -1.0) })
        {
            foreach (string item in items)
            {
                Explanation why = model.Explain(request with { UserId = user }, item, supporters: 0)!;
                if (why.Unexplained is not null)
                {
                    Unexplained ??= why.Unexplained;
                    return null;
                }

                margin.Add(PartsOf(why), sign / items.Length);
            }
        }

        return margin;
    }

    private static Parts PartsOf(Explanation why)
    {
        var parts = new Parts { [BehaviorName] = why.Behavior ?? 0 };
        foreach (var (modality, share) in why.Modalities)
            parts[NameOf(modality)] = share;
        if (why.ItemToItem != 0)
            parts[ItemToItemName] = why.ItemToItem;
        if (why.Popularity != 0)
            parts[PopularityName] = why.Popularity;
        return parts;
    }

    private static string NameOf(Modality modality)
        => modality.Name is BehaviorName or ItemToItemName or PopularityName ? $"modality {modality.Name}" : modality.Name;

    /// <summary>Numbers by the names of the parts of a score; 0 where there is none.</summary>
    public sealed class Parts
    {
        private readonly Dictionary<string, double> _values = [];

        public IEnumerable<string> Names => _values.Keys;

        public double this[string name]
        {
            get => _values.GetValueOrDefault(name);
            set => _values[name] = value;
        }

        public void Add(Parts other, double factor)
        {
            foreach (string name in other.Names)
                this[name] += factor * other[name];
        }
    }

    /// <summary>What the items that came in have above those that left, in the old and in the new model.</summary>
    /// <param name="Old">In the old model.</param>
    /// <param name="New">In the new model.</param>
    /// <param name="Items">The number of items that came in.</param>
    public sealed record Exchange(Parts Old, Parts New, int Items);
}
