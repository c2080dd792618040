using System.Diagnostics;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.Evaluation;

/// <summary>One evaluation: ranks blocks of users, each in its own workspace, and averages their figures in order.</summary>
/// <remarks>
/// Of equal scores the first is the one that comes first in an order of the items that depends on their raw ids alone, begun at a place
/// that depends on the user's raw id alone. So neither popularity nor the order of the rows in a file counts. Where few items are equal, an
/// item comes first for all users whose place lies between the item before it and itself. This share of the users is drawn once, not for
/// each user.
/// </remarks>
internal sealed class RankingTask
{
    private const int BlockBytes = 1 << 19;
    private readonly IItemScorer _scorer;
    private readonly IRangeScorer? _range;
    private readonly RecDataset _data;
    private readonly InteractionSet _positives;
    private readonly InteractionSet? _alsoMasked;
    private readonly int[] _users;
    private readonly RankingMetric[] _metrics;
    private readonly ListMetric[] _listMetrics;
    private readonly int _threads;
    private readonly int _coverageK;
    private readonly int _largestK;
    private readonly int _listK;
    private readonly int[] _degrees;
    private readonly int[] _listItems;
    private readonly int[] _listLengths;
    private readonly bool[] _isCold;
    private readonly int[] _coldItems;
    private readonly int[] _coldPositives;
    private readonly int[] _tieOrder;
    private readonly bool[] _covered;
    private readonly double[][] _all;
    private readonly double[][] _cold;
    private readonly double[][] _coldAmongCold;

    public RankingTask(
        IItemScorer scorer, RecDataset data, InteractionSet positives, InteractionSet? alsoMasked, int[] users, RankingMetric[] metrics,
        ListMetric[] listMetrics, int threads)
    {
        (_scorer, _data, _positives, _alsoMasked, _users, _metrics) = (scorer, data, positives, alsoMasked, users, metrics);
        _range = scorer is IRangeScorer range && range.RangeStep < scorer.ItemCount ? range : null;
        (_listMetrics, _threads) = (listMetrics, threads);
        _coverageK = Math.Min(metrics.Max(m => m.K), scorer.ItemCount); // No ranking is longer than the catalogue.
        _listK = Math.Min(listMetrics.Length == 0 ? 0 : listMetrics.Max(m => m.K), scorer.ItemCount);
        _largestK = Math.Max(_coverageK, _listK);
        _listItems = new int[ListLength(users.Length, _listK)];
        _listLengths = new int[users.Length];
        _tieOrder = data.Items.TieOrder;
        int[] degrees = _degrees = data.Train.ItemDegrees();
        _isCold = [.. degrees.Select(d => d == 0)];
        _coldItems = [.. Enumerable.Range(0, degrees.Length).Where(i => degrees[i] == 0)];
        _coldPositives = [.. users.Select(u => CountCold(positives.ItemsOf(u)))];
        _covered = new bool[degrees.Length];
        double[][] Values() => [.. metrics.Select(_ => new double[users.Length])];
        (_all, _cold, _coldAmongCold) = (Values(), Values(), Values());
    }

    /// <summary>The places of all lists.</summary>
    /// <exception cref="ArgumentException">There are more than one array holds.</exception>
    internal static int ListLength(int users, int k) => (long)users * k <= Array.MaxLength ? users * k : throw new ArgumentException(
        $"{nameof(EvaluationOptions)}.{nameof(EvaluationOptions.ListMetrics)}: expected at most {Array.MaxLength} places in all lists "
        + $"together; lists of {k} of {users} users have {(long)users * k}.", "options");

    /// <summary>How many users are ranked at once: as many whole row blocks as let a block of scores stay in the cache.</summary>
    public int UsersAtOnce => _range is null ? Math.Clamp(BlockBytes / sizeof(float) / Math.Max(1, _scorer.ItemCount), 1, 96) : 48;

    private int ItemsAtOnce => _range is null
        ? _scorer.ItemCount
        : Math.Max(1, BlockBytes / sizeof(float) / UsersAtOnce / _range.RangeStep) * _range.RangeStep;

    public Workspace NewWorkspace()
        => new(UsersAtOnce, Math.Min(ItemsAtOnce, _scorer.ItemCount), _scorer.ItemCount, _largestK, Math.Min(_largestK, _coldItems.Length),
            _tieOrder);

    /// <summary>Ranks the evaluated users at places [from, to): for each block of items scores, masks and the best so far.</summary>
    public void Rank(Workspace workspace, int from, int to)
    {
        ReadOnlySpan<int> users = _users.AsSpan(from..to);
        workspace.Begin();
        for (int n = 0; n < users.Length; n++)
        {
            int firstPlace = FirstPlace(users[n]);
            workspace.Best[n].Clear(firstPlace);
            workspace.BestCold[n].Clear(firstPlace);
        }

        for (int first = 0; first < _scorer.ItemCount; first += ItemsAtOnce)
        {
            int count = Math.Min(ItemsAtOnce, _scorer.ItemCount - first);
            Span<float> scores = workspace.Scores.AsSpan(0, users.Length * count);
            if (_range is null)
                _scorer.Score(users, scores);
            else
                _range.Score(users, first, count, scores);
            for (int n = 0; n < users.Length; n++)
            {
                try
                {
                    TakeBest(workspace, n, from + n, scores.Slice(n * count, count), first);
                }
                catch (NotFiniteNumberException e)
                {
                    throw new NotFiniteNumberException($"User {Shown.Text(_data.Users[users[n]])} (index {users[n]}): {e.Message}", e);
                }
            }
        }

        for (int n = 0; n < users.Length; n++)
            MeasureUser(workspace, n, users[n], from + n);
    }

    private int FirstPlace(int user) => (int)(RawId.TieKey(_data.Users[user]) % (ulong)_scorer.ItemCount);

    private void TakeBest(Workspace workspace, int n, int place, Span<float> scores, int first)
    {
        int user = _users[place];
        Mask(_data.Train.ItemsOf(user), scores, first, ref workspace.Masked[n]);
        if (_alsoMasked is not null)
            Mask(_alsoMasked.ItemsOf(user), scores, first, ref workspace.AlsoMasked[n]);
        workspace.Best[n].Offer(scores, first);
        if (_coldPositives[place] == 0)
            return;
        ref int cold = ref workspace.ColdPlaces[n];
        for (; cold < _coldItems.Length && _coldItems[cold] < first + scores.Length; cold++)
            workspace.BestCold[n].Offer(scores[_coldItems[cold] - first], _coldItems[cold]);
    }

    /// <summary>Takes the items of this block out. As items ascend, each is looked at once.</summary>
    private static void Mask(ReadOnlySpan<int> items, Span<float> scores, int first, ref int next)
    {
        for (; next < items.Length && items[next] < first + scores.Length; next++)
            scores[items[next] - first] = float.NegativeInfinity;
    }

    private void MeasureUser(Workspace workspace, int n, int user, int place)
    {
        ReadOnlySpan<int> positives = _positives.ItemsOf(user);
        ReadOnlySpan<(float Score, int Item)> best = workspace.Best[n].Ranked;
        foreach (var (_, item) in best[..Math.Min(best.Length, _coverageK)])
            workspace.Covered[item] = true;
        _listLengths[place] = Math.Min(best.Length, _listK);
        for (int r = 0; r < _listLengths[place]; r++)
            _listItems[(place * _listK) + r] = best[r].Item;
        Measure(workspace, workspace.Best[n].Ranked, positives, positives.Length, coldOnly: false, _all, place);
        int coldPositives = _coldPositives[place];
        if (coldPositives == 0)
            return;
        Measure(workspace, workspace.Best[n].Ranked, positives, coldPositives, coldOnly: true, _cold, place);
        Measure(workspace, workspace.BestCold[n].Ranked, positives, coldPositives, coldOnly: true, _coldAmongCold, place);
    }

    private void Measure(
        Workspace workspace, ReadOnlySpan<(float Score, int Item)> ranked, ReadOnlySpan<int> positives, int count, bool coldOnly,
        double[][] target, int place)
    {
        Span<bool> hits = workspace.Hits.AsSpan(0, ranked.Length);
        for (int r = 0; r < ranked.Length; r++)
            hits[r] = positives.BinarySearch(ranked[r].Item) >= 0 && (!coldOnly || _isCold[ranked[r].Item]);
        for (int m = 0; m < _metrics.Length; m++)
            target[m][place] = _metrics[m].Compute(hits, count);
    }

    /// <summary>Takes over which items each workspace has covered.</summary>
    public void Collect(IEnumerable<Workspace> workspaces)
    {
        foreach (Workspace workspace in workspaces)
        {
            for (int i = 0; i < _covered.Length; i++)
                _covered[i] |= workspace.Covered[i];
        }
    }

    /// <summary>Gives all processes what each has measured of its range of users.</summary>
    /// <param name="collective">The processes.</param>
    /// <param name="starts">Where each one's range of places begins, and where the last one's ends.</param>
    public void Exchange(ICollective collective, int[] starts)
    {
        void Gather<T>(T[] values, int perPlace)
            where T : unmanaged
        {
            int[] counts = [.. starts.Zip(starts.Skip(1), (from, to) => (to - from) * perPlace)];
            T[] own = values[(starts[collective.Rank] * perPlace)..(starts[collective.Rank + 1] * perPlace)];
            collective.AllGather<T>(own, values, counts);
        }

        foreach (double[] values in _all.Concat(_cold).Concat(_coldAmongCold))
            Gather(values, 1);
        if (_listK > 0)
        {
            Gather(_listItems, _listK);
            Gather(_listLengths, 1);
        }

        var covered = new bool[_covered.Length * collective.Size];
        collective.AllGather<bool>(_covered, covered, [.. Enumerable.Repeat(_covered.Length, collective.Size)]);
        for (int n = 0; n < covered.Length; n++)
            _covered[n % _covered.Length] |= covered[n];
    }

    public EvaluationResult Summarize(EvaluationProtocol protocol, Stopwatch clock)
    {
        int[] everyone = [.. Enumerable.Range(0, _users.Length)];
        int[] withCold = [.. everyone.Where(n => _coldPositives[n] > 0)];
        int coldPositives = _coldPositives.Sum();
        var perUser = _metrics.Select((metric, m) => (metric, m)).ToDictionary(p => p.metric, p => _all[p.m]);
        double coverage = _covered.Count(c => c) / (double)_covered.Length;
        GroupResult all = Average(_all, everyone, everyone.Sum(n => _positives.ItemsOf(_users[n]).Length));
        GroupResult? Cold(double[][] values) => withCold.Length == 0 ? null : Average(values, withCold, coldPositives);
        var lists = new RankedLists(_data, _degrees, _listItems, _listLengths, _listK, _threads);
        var figures = _listMetrics.ToDictionary(m => m, m => m.Compute(lists.At(m.K)));
        return new EvaluationResult(
            protocol, all, Cold(_cold), Cold(_coldAmongCold), _users, [.. _users.Select(user => _data.Users[user])], perUser, coverage,
            figures, clock.Elapsed);
    }

    private GroupResult Average(double[][] values, int[] places, int positives)
    {
        var averages = _metrics.Select((metric, m) => (Metric: metric, Average: places.Average(n => values[m][n])));
        return new(places.Length, positives, averages.ToDictionary(a => a.Metric, a => a.Average));
    }

    private int CountCold(ReadOnlySpan<int> positives)
    {
        int count = 0;
        foreach (int item in positives)
            count += _isCold[item] ? 1 : 0;
        return count;
    }

    /// <summary>The buffers of one thread, made once: nothing is allocated per user.</summary>
    internal sealed class Workspace(int users, int itemsAtOnce, int items, int k, int coldK, int[] tieOrder)
    {
        public float[] Scores { get; } = new float[checked(users * itemsAtOnce)];

        public bool[] Covered { get; } = new bool[items];

        public bool[] Hits { get; } = new bool[k];

        public TopK[] Best { get; } = [.. Enumerable.Range(0, users).Select(_ => new TopK(k, tieOrder: tieOrder))];

        public TopK[] BestCold { get; } = [.. Enumerable.Range(0, users).Select(_ => new TopK(coldK, tieOrder: tieOrder))];

        /// <summary>For each user, how many of the masked items are behind.</summary>
        public int[] Masked { get; } = new int[users];

        public int[] AlsoMasked { get; } = new int[users];

        /// <summary>For each user, how many of the cold items are behind.</summary>
        public int[] ColdPlaces { get; } = new int[users];

        public void Begin()
        {
            Array.Clear(Masked);
            Array.Clear(AlsoMasked);
            Array.Clear(ColdPlaces);
        }
    }
}
