using System.Runtime.InteropServices;
using DRepMRec.Evaluation;

namespace DRepMRec.Serving;

/// <summary>Goes over the users of two models once. Holds a number per user, counts per item, and the lists that change most.</summary>
internal sealed class Comparing(Recommender old, Recommender @new, ModelComparisonOptions options)
{
    private readonly List<double> _overlaps = [];
    private readonly Dictionary<string, int> _oldLists = [], _newLists = [];
    private readonly Dictionary<(RecommendationSource Old, RecommendationSource New), int> _sources = [];
    private readonly MostChanged _mostChanged = new(options.Named);
    private readonly Exchanges _exchanges = new(old, @new, options.Request);
    private int _same, _reordered, _explained, _notCompared;
    private long _entered, _enteredAsNew, _left, _leftAsVanished, _leftAsChosen, _enteredByOtherSource, _usersOfEntered, _usersOfLeft;
    private double _common;

    public async Task<ModelComparison> RunAsync(IProgress<ExportProgress>? progress, CancellationToken cancellationToken)
    {
        string[] users = [.. (options.Users?.Distinct() ?? old.Users).Where(IsKnown)];
        _notCompared = options.Users is null ? 0 : options.Users.Distinct().Count() - users.Length;
        if (users.Length == 0)
            throw new ArgumentException("There is no user to compare: the two models have none in common, or none of those given.");
        int step = options.ExplainedUsers == 0 ? int.MaxValue : ((users.Length - 1) / options.ExplainedUsers) + 1;
        RecommendAllOptions asked = options.For(users);
        TaskScheduler shared = Recommender.SchedulerOf(options.Threads);

        // Of the two the first is asked once more at the end, and tells of its last block.
        IAsyncEnumerable<UserRecommendations> before = old.Unmeasured().RankBlocks(users, asked, shared, progress, cancellationToken);
        IAsyncEnumerable<UserRecommendations> after = @new.Unmeasured().RankBlocks(users, asked, shared, null, cancellationToken);
        await foreach (var (first, second) in before.Zip(after).ConfigureAwait(false))
        {
            bool isExplained = options.ExplainedUsers > 0 && _overlaps.Count % step == 0;
            Add(first.User, first.Items, second.Items, isExplained);
        }

        return Report();
    }

    private bool IsKnown(string user) => old.Users.Contains(user) && @new.Users.Contains(user);

    private void Add(string user, RecommendationList before, RecommendationList after, bool isExplained)
    {
        string[] first = [.. before.Select(r => r.Item)], second = [.. after.Select(r => r.Item)];
        double overlap = RankBiasedOverlap.Extrapolated(first, second, options.Persistence);
        _overlaps.Add(overlap);
        Count(first, _oldLists);
        Count(second, _newLists);
        CollectionsMarshal.GetValueRefOrAddDefault(_sources, (before.Source, after.Source), out _)++;
        _exchanges.Measure(before, after);
        string[] entered = [.. second.Except(first)], left = [.. first.Except(second)];
        int longer = Math.Max(first.Length, second.Length);
        _common += longer == 0 ? 1 : (second.Length - entered.Length) / (double)longer;
        if (first.SequenceEqual(second))
        {
            _same++;
            return;
        }

        if (entered.Length + left.Length == 0)
            _reordered++;
        HashSet<string> chosen = options.Request.ExcludeSeen ? [.. @new.History(user)] : [];
        _entered += entered.Length;
        _enteredAsNew += entered.Count(item => !old.Items.Contains(item));
        _enteredByOtherSource += before.Source == after.Source ? 0 : entered.Length;
        _left += left.Length;
        _usersOfEntered += entered.Sum(Users);
        _usersOfLeft += left.Sum(Users);
        _leftAsVanished += left.Count(item => !@new.Items.Contains(item));
        _leftAsChosen += left.Count(chosen.Contains);
        _mostChanged.Add(new UserChange(user, overlap, first, second, before.Source, after.Source, new Dictionary<string, double>()));
        if (isExplained && _exchanges.Of(user, entered, left) is { } exchange)
        {
            _explained++;
            _exchanges.Add(exchange);
        }
    }

    private static void Count(string[] items, Dictionary<string, int> lists)
    {
        foreach (string item in items)
            CollectionsMarshal.GetValueRefOrAddDefault(lists, item, out _)++;
    }

    private ModelComparison Report() => new()
    {
        Old = ComparedModel.Of(old.Manifest),
        New = ComparedModel.Of(@new.Manifest),
        Options = OptionChanges(),
        Users = IdChanges.Between(old.Users, @new.Users, options.Named),
        Items = IdChanges.Between(old.Items, @new.Items, options.Named),
        Depth = options.Request.Count,
        Persistence = options.Persistence,
        Lists = _overlaps.Count,
        NotCompared = _notCompared,
        SameLists = _same,
        ReorderedLists = _reordered,
        MeanCommonItems = _common / _overlaps.Count,
        Overlap = OverlapDistribution.Of(_overlaps),
        Sources = [.. _sources.OrderByDescending(s => s.Value).ThenBy(s => s.Key)
            .Select(s => new SourceChange(s.Key.Old, s.Key.New, s.Value))],
        OldRecommended = Recommended(_oldLists),
        NewRecommended = Recommended(_newLists),
        Rising = Movers(rising: true),
        Falling = Movers(rising: false),
        MostChanged = [.. _mostChanged.Ranked.Select(WithShares)],
        Reasons = new ChangeReasons
        {
            Entered = _entered,
            EnteredAsNew = _enteredAsNew,
            EnteredByOtherSource = _enteredByOtherSource,
            Left = _left,
            LeftAsVanished = _leftAsVanished,
            LeftAsChosen = _leftAsChosen,
            EnteredMeanUsers = _usersOfEntered / (double)Math.Max(1, _entered),
            LeftMeanUsers = _usersOfLeft / (double)Math.Max(1, _left - _leftAsVanished),
            ExplainedUsers = _explained,
            Shares = _exchanges.Shares(),
            Unexplained = _exchanges.Unexplained,
        },
    };

    private UserChange WithShares(UserChange change)
        => _exchanges.Of(change.User, [.. change.New.Except(change.Old)], [.. change.Old.Except(change.New)]) is { } exchange
            ? change with { Shares = _exchanges.Shares(exchange) } : change;

    private OptionChange[] OptionChanges()
    {
        IReadOnlyDictionary<string, string> before = old.Manifest.Options, after = @new.Manifest.Options;
        return [.. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(name => new OptionChange(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name)))
            .Where(change => change.Old != change.New)];
    }

    private RecommendedItems Recommended(Dictionary<string, int> lists)
    {
        double recommendations = lists.Values.Sum(n => (long)n);
        double users = lists.Sum(l => (double)l.Value * Users(l.Key));
        return new RecommendedItems(lists.Count, recommendations == 0 ? 0 : users / recommendations);
    }

    /// <summary>The number of users of an item in the training of the new model; 0 where it doesn't have the item.</summary>
    private long Users(string item) => @new.Model.TryGetItem(item, out int row) ? @new.Model.Degree(row) : 0;

    private ItemChange[] Movers(bool rising)
        => [.. _oldLists.Keys.Union(_newLists.Keys)
            .Select(item => new ItemChange(
                item, _oldLists.GetValueOrDefault(item), _newLists.GetValueOrDefault(item), old.Items.Contains(item),
                @new.Items.Contains(item)))
            .Where(change => rising ? change.NewLists > change.OldLists : change.NewLists < change.OldLists)
            .OrderByDescending(change => Math.Abs(change.NewLists - change.OldLists)).ThenBy(change => change.Item, StringComparer.Ordinal)
            .Take(options.Named)];

    /// <summary>The lists with the lowest overlaps; of equal ones those that come first.</summary>
    private sealed class MostChanged(int count)
    {
        private List<UserChange> _kept = [];

        public IReadOnlyList<UserChange> Ranked => [.. _kept.OrderBy(c => c.Overlap).Take(count)];

        public void Add(UserChange change)
        {
            _kept.Add(change);
            if (_kept.Count > 100 + (2L * count))
                _kept = [.. Ranked];
        }
    }
}
