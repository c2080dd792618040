using System.Diagnostics;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Evaluation;

/// <summary>One evaluation: ranks blocks of users, each with its own workspace, and puts the figures of all users together in their order.</summary>
internal sealed class RankingTask
{
    private readonly IItemScorer _scorer;
    private readonly RecDataset _data;
    private readonly InteractionSet _positives;
    private readonly InteractionSet? _alsoMasked;
    private readonly int[] _users;
    private readonly RankingMetric[] _metrics;
    private readonly int _largestK;
    private readonly bool[] _isCold;
    private readonly int[] _warmItems;
    private readonly bool[] _covered;
    private readonly double[][] _all;
    private readonly double[][] _cold;
    private readonly double[][] _coldAmongCold;

    public RankingTask(IItemScorer scorer, RecDataset data, InteractionSet positives, InteractionSet? alsoMasked, int[] users, RankingMetric[] metrics)
    {
        (_scorer, _data, _positives, _alsoMasked, _users, _metrics) = (scorer, data, positives, alsoMasked, users, metrics);
        _largestK = metrics.Max(m => m.K);
        int[] degrees = data.Train.ItemDegrees();
        _isCold = [.. degrees.Select(d => d == 0)];
        _warmItems = [.. Enumerable.Range(0, degrees.Length).Where(i => degrees[i] > 0)];
        _covered = new bool[degrees.Length];
        double[][] Values() => [.. metrics.Select(_ => new double[users.Length])];
        (_all, _cold, _coldAmongCold) = (Values(), Values(), Values());
    }

    public Workspace NewWorkspace(int block) => new(block, _scorer.ItemCount, _largestK);

    /// <summary>Ranks the users at places [from, to) of the evaluated users.</summary>
    public void Rank(Workspace workspace, int from, int to)
    {
        ReadOnlySpan<int> users = _users.AsSpan(from..to);
        Span<float> scores = workspace.Scores.AsSpan(0, users.Length * _scorer.ItemCount);
        _scorer.Score(users, scores);
        for (int n = 0; n < users.Length; n++)
        {
            Span<float> row = scores.Slice(n * _scorer.ItemCount, _scorer.ItemCount);
            try
            {
                RankUser(workspace, users[n], from + n, row);
            }
            catch (NotFiniteNumberException e)
            {
                throw new NotFiniteNumberException($"User '{_data.Users[users[n]]}' (index {users[n]}): {e.Message}", e);
            }
        }
    }

    private void RankUser(Workspace workspace, int user, int place, Span<float> scores)
    {
        foreach (int item in _data.Train.ItemsOf(user))
            scores[item] = float.NegativeInfinity;
        if (_alsoMasked is not null)
        {
            foreach (int item in _alsoMasked.ItemsOf(user))
                scores[item] = float.NegativeInfinity;
        }

        ReadOnlySpan<int> positives = _positives.ItemsOf(user);
        workspace.Best.Select(scores);
        foreach (int item in workspace.Best.Items)
            workspace.Covered[item] = true;
        Measure(workspace, positives, positives.Length, coldOnly: false, _all, place);

        int coldPositives = CountCold(positives);
        if (coldPositives == 0)
            return;
        Measure(workspace, positives, coldPositives, coldOnly: true, _cold, place);
        foreach (int item in _warmItems)
            scores[item] = float.NegativeInfinity;
        workspace.Best.Select(scores);
        Measure(workspace, positives, coldPositives, coldOnly: true, _coldAmongCold, place);
    }

    private void Measure(Workspace workspace, ReadOnlySpan<int> positives, int count, bool coldOnly, double[][] target, int place)
    {
        ReadOnlySpan<int> ranked = workspace.Best.Items;
        Span<bool> hits = workspace.Hits.AsSpan(0, ranked.Length);
        for (int r = 0; r < ranked.Length; r++)
            hits[r] = positives.BinarySearch(ranked[r]) >= 0 && (!coldOnly || _isCold[ranked[r]]);
        for (int m = 0; m < _metrics.Length; m++)
            target[m][place] = _metrics[m].Compute(hits, count);
    }

    /// <summary>Takes a workspace's part of the covered items over.</summary>
    public void Collect(Workspace workspace)
    {
        lock (_covered)
        {
            for (int i = 0; i < _covered.Length; i++)
                _covered[i] |= workspace.Covered[i];
        }
    }

    public EvaluationResult Summarize(EvaluationProtocol protocol, Stopwatch clock)
    {
        int[] everyone = [.. Enumerable.Range(0, _users.Length)];
        int[] withCold = [.. everyone.Where(n => CountCold(_positives.ItemsOf(_users[n])) > 0)];
        int coldPositives = withCold.Sum(n => CountCold(_positives.ItemsOf(_users[n])));
        var perUser = _metrics.Select((metric, m) => (metric, m)).ToDictionary(p => p.metric, p => _all[p.m]);
        double coverage = _covered.Count(c => c) / (double)_covered.Length;
        GroupResult all = Average(_all, everyone, everyone.Sum(n => _positives.ItemsOf(_users[n]).Length));
        GroupResult? Cold(double[][] values) => withCold.Length == 0 ? null : Average(values, withCold, coldPositives);
        return new EvaluationResult(protocol, all, Cold(_cold), Cold(_coldAmongCold), _users, perUser, coverage, clock.Elapsed);
    }

    private GroupResult Average(double[][] values, int[] places, int positives)
        => new(places.Length, positives, _metrics.Select((metric, m) => (metric, m)).ToDictionary(p => p.metric, p => places.Average(n => values[p.m][n])));

    private int CountCold(ReadOnlySpan<int> positives)
    {
        int count = 0;
        foreach (int item in positives)
            count += _isCold[item] ? 1 : 0;
        return count;
    }

    internal sealed class Workspace(int block, int items, int k)
    {
        public float[] Scores { get; } = new float[block * items];

        public bool[] Covered { get; } = new bool[items];

        public bool[] Hits { get; } = new bool[k];

        public TopK Best { get; } = new(k);
    }
}
