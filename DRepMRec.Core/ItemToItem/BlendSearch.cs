using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.ItemToItem;

/// <summary>Measures a blend at several weights at once: the scores of a user are computed once for all of them.</summary>
internal sealed class BlendSearch
{
    private const int UsersAtOnce = 8;
    private const int SpreadUsers = 1000;

    private readonly EmbeddingScorer _model;
    private readonly IRangeScorer _alone;
    private readonly ItemToItemModel _part;
    private readonly RecDataset _data;
    private readonly RankingMetric _metric;
    private readonly EvaluationOptions _options;
    private readonly int[] _users;

    // Few interactions have few hits, and hits of two weights differ by chance; ranks say something of every interaction.
    private readonly bool _byRanks;

    public BlendSearch(EmbeddingScorer model, ItemToItemModel part, RecDataset data, RankingMetric metric, EvaluationOptions options)
    {
        (_model, _part, _data, _metric, _options) = (model, part, data, metric, options);
        _byRanks = data.Train.Count < ItemToItemOptions.FewInteractions;
        int[] degrees = data.Train.ItemDegrees();
        _alone = new UnknownUserScorer(model, user => !data.Train.ItemsOf(user).IsEmpty && model.HasRow(user), degrees);
        _users = Evaluator.UsersOf(data, EvaluationTarget.Validation, options.Users);
    }

    /// <summary>What was chosen.</summary>
    /// <param name="Best">The best trial.</param>
    /// <param name="Factors">The numbers that stand for its weights.</param>
    /// <param name="Trials">All trials, in their order.</param>
    public sealed record Result(BlendTrial Best, BlendFactors Factors, IReadOnlyList<BlendTrial> Trials);

    /// <summary>Goes along one kind of weights, then along the other, then along the first again where the second has moved.</summary>
    public Result Run(ItemToItemOptions options, CancellationToken cancellationToken)
    {
        if (_users.Length == 0 && !options.AreWeightsGiven)
        {
            throw new ArgumentException(
                $"Expected validation interactions in {Shown.Text(_data.Name)} to choose the weights by, or one weight in "
                + $"each of {nameof(options.BlendWeights)} and {nameof(options.PopularityWeights)}, got neither.");
        }

        double[] weights = [.. options.BlendWeights.Distinct().Order()], popularity = [.. options.PopularityWeights.Distinct().Order()];
        int[] Known(IEnumerable<int> users) => [.. users.Where(user => !_part.ItemsOf(user).IsEmpty)];
        int[] spread = Known(_users) is { Length: > 0 } known ? known : Known(Enumerable.Range(0, _model.UserCount));
        BlendFactors unit = Unit(spread, cancellationToken);
        BlendFactors Factors(BlendTrial t) => new((float)(t.Weight * unit.Part), (float)(t.PopularityWeight * unit.Popularity));
        if (_users.Length == 0)
        {
            var given = new BlendTrial(weights[0], popularity[0], double.NaN);
            return new Result(given, Factors(given), []);
        }

        var (trials, worth) = (new List<BlendTrial>(), new List<double>());
        BlendTrial Try(IEnumerable<(double Weight, double Popularity)> pairs)
        {
            BlendTrial[] open = [.. pairs.Select(p => new BlendTrial(p.Weight, p.Popularity, 0))
                .Where(t => !trials.Any(made => made.Weight == t.Weight && made.PopularityWeight == t.PopularityWeight))];
            if (open.Length > 0)
            {
                var (figures, values) = Measure([.. open.Select(Factors)], cancellationToken);
                trials.AddRange(open.Zip(figures, (trial, figure) => trial with { Value = figure }));
                worth.AddRange(values);
            }

            return trials[worth.IndexOf(worth.Max())];
        }

        BlendTrial best = Try(weights.Select(weight => (weight, popularity[0])));
        best = Try(popularity.Select(other => (best.Weight, other)));
        best = Try(weights.Select(weight => (weight, best.PopularityWeight)));
        return new Result(best, Factors(best), trials);
    }

    private (double[] Figures, double[] Worth) Measure(BlendFactors[] factors, CancellationToken cancellationToken)
    {
        var values = new (double Figure, double LogRanks)[_users.Length][];
        int blocks = (_users.Length + UsersAtOnce - 1) / UsersAtOnce;
        Room NewRoom() => new(_model.ItemCount, _metric.K, _data.Items.TieOrder);
        Parallelism.ForEach(blocks, _options.Threads, NewRoom, (block, room) =>
        {
            int from = block * UsersAtOnce, to = Math.Min(_users.Length, from + UsersAtOnce);
            Span<float> scores = room.Scores.AsSpan(0, (to - from) * _model.ItemCount);
            _alone.Score(_users.AsSpan(from..to), scores);
            for (int n = from; n < to; n++)
                values[n] = Measure(_users[n], scores.Slice((n - from) * _model.ItemCount, _model.ItemCount), factors, room);
        }, cancellationToken);
        double[] figures = [.. factors.Select((_, w) => values.Average(user => user[w].Figure))];
        return (figures, _byRanks ? [.. factors.Select((_, w) => -values.Sum(user => user[w].LogRanks))] : figures);
    }

    private (double Figure, double LogRanks)[] Measure(int user, ReadOnlySpan<float> alone, BlendFactors[] factors, Room room)
    {
        float length = _part.ItemsOf(user).IsEmpty ? 0 : _model.Length(user); // Users without items go by numbers of users alone.
        Array.Clear(room.Part);
        _part.AddMean(user, length, 0, room.Part);
        ReadOnlySpan<int> positives = _data.Validation.ItemsOf(user);
        var values = new (double, double)[factors.Length];
        for (int w = 0; w < factors.Length; w++)
        {
            Span<float> blended = room.Blended;
            TensorPrimitives.MultiplyAdd(room.Part, factors[w].Part, alone, blended);
            BlendFactors.AddPopularity(_part.Popularity, factors[w].Popularity * length, blended);
            foreach (int item in _part.ItemsOf(user))
                blended[item] = float.NegativeInfinity;
            room.Best.Clear((int)(RawId.TieKey(_data.Users[user]) % (ulong)alone.Length));
            room.Best.Offer(blended, 0);
            ReadOnlySpan<(float Score, int Item)> ranked = room.Best.Ranked;
            Span<bool> hits = room.Hits.AsSpan(0, ranked.Length);
            for (int r = 0; r < hits.Length; r++)
                hits[r] = positives.BinarySearch(ranked[r].Item) >= 0;
            values[w] = (_metric.Compute(hits, positives.Length), _byRanks ? LogRanks(blended, positives) : 0);
        }

        return values;
    }

    /// <summary>The sum of the logarithms of the ranks of a user's items, from 1 on; of items with an equal score half are above.</summary>
    private static double LogRanks(ReadOnlySpan<float> scores, ReadOnlySpan<int> items)
    {
        double sum = 0;
        foreach (int item in items)
        {
            int above = 0, equal = 0;
            foreach (float score in scores)
            {
                above += score > scores[item] ? 1 : 0;
                equal += score == scores[item] ? 1 : 0;
            }

            sum += Math.Log(above + ((equal + 1) / 2.0));
        }

        return sum;
    }

    /// <summary>The factors at which the terms spread over the items as the model does, in the mean over users at even distances.</summary>
    /// <param name="users">Users with items.</param>
    /// <param name="cancellationToken">Stops between two of them.</param>
    private BlendFactors Unit(int[] users, CancellationToken cancellationToken)
    {
        double model = 0, part = 0, lengths = 0;
        var scores = new float[_model.ItemCount];
        int taken = Math.Min(users.Length, SpreadUsers);
        for (int n = 0; n < taken; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int user = users[(int)((long)n * users.Length / taken)];
            _model.Score([user], scores);
            model += TensorPrimitives.StdDev<float>(scores);
            Array.Clear(scores);
            _part.AddMean(user, _model.Length(user), 0, scores);
            part += TensorPrimitives.StdDev<float>(scores);
            lengths += _model.Length(user);
        }

        return new BlendFactors(Ratio(model, part), Ratio(model, lengths * TensorPrimitives.StdDev<float>(_part.Popularity)));
    }

    private static float Ratio(double model, double other) => other > 0 && double.IsFinite(model / other) ? (float)(model / other) : 0;

    private sealed class Room(int items, int k, int[] tieOrder)
    {
        public float[] Scores { get; } = new float[(long)UsersAtOnce * items];

        public float[] Part { get; } = new float[items];

        public float[] Blended { get; } = new float[items];

        public TopK Best { get; } = new(Math.Min(k, items), tieOrder: tieOrder);

        public bool[] Hits { get; } = new bool[Math.Min(k, items)];
    }
}
