using System.Collections;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>Chooses the items of a request that asks for more than the highest scores.</summary>
/// <remarks>
/// Takes O(I) for I items to look for a pool of P, and at most O(P·D) per item that diversity takes, D being the dimension; no item is
/// ever missed for being out of the pool by quotas, as further pools follow.
/// </remarks>
internal sealed class Reranking
{
    private readonly ServingModel _model;
    private readonly RecommendationRequest _request;
    private readonly float _minimum;
    private readonly Func<int, bool> _admits;
    private readonly Boosts? _boosts;
    private readonly QuotaCount _quotas;
    private readonly MarginalRelevance? _diversity;
    private readonly GumbelNoise? _noise;
    private readonly List<(float Score, int Index)> _chosen = [];
    private double _deviation;

    // The places in the sheet that a pool had and that weren't admitted, where a further pool may follow.
    private BitArray? _isDone;

    /// <exception cref="ArgumentException">The request asks for metadata or a space that there isn't.</exception>
    public Reranking(ServingModel model, RecommendationRequest request, int[]? candidates, float minimum, Func<int, bool> admits)
    {
        (_model, _request, _minimum, _admits) = (model, request, minimum, admits);
        Scores = new ScoreSheet(candidates, candidates?.Length ?? model.ItemRows);
        _boosts = Boosts.Of(model, request.Boosts);
        _quotas = new QuotaCount(model, request.Quotas);
        _diversity = request.Diversity is { } diversity ? new MarginalRelevance(model, diversity) : null;
        _noise = request.Exploration is { } exploration ? new GumbelNoise(exploration.Seed, request.UserId) : null;
    }

    /// <summary>Where the scores are written to between <see cref="Begin"/> and <see cref="Finish"/>.</summary>
    public ScoreSheet Scores { get; }

    /// <summary>The items that were chosen, in order, with the model's scores.</summary>
    public IReadOnlyList<(float Score, int Index)> Chosen => _chosen;

    public void Begin() => Scores.Rent();

    public void Finish()
    {
        if (_boosts is not null || _noise is not null)
            _deviation = ScoreDeviation.Of(Scores, _model.Changes);
        bool choosesFromPool = _diversity is not null || _noise is not null || _request.Quotas.Count > 0;
        int size = Math.Min(choosesFromPool ? Math.Max(_request.Pool, _request.Count) : _request.Count, Scores.Values.Length);
        _isDone = _request.Quotas.Count > 0 ? new BitArray(Scores.Values.Length) : null;
        while (_chosen.Count < _request.Count)
        {
            PoolEntry[] pool = Pool(size);
            if (pool.Length == 0)
                break;
            TakeFrom(pool);
            if (_isDone is null || pool.Length < size)
                break;
        }

        Scores.Return();
    }

    private void TakeFrom(PoolEntry[] pool)
    {
        if (_diversity is null)
        {
            for (int n = 0; n < pool.Length && _chosen.Count < _request.Count; n++)
            {
                if (_quotas.HasRoomFor(pool[n].Item))
                    Take(pool[n]);
            }

            return;
        }

        _diversity.Begin(pool);
        var isTaken = new bool[pool.Length];
        while (_chosen.Count < _request.Count
            && _diversity.Next(n => !isTaken[n] && _quotas.HasRoomFor(pool[n].Item)) is >= 0 and int next)
        {
            _diversity.Take(next);
            isTaken[next] = true;
            Take(pool[next]);
        }
    }

    private void Take(PoolEntry entry)
    {
        _chosen.Add((entry.Score, entry.Item));
        _quotas.Take(entry.Item);
    }

    /// <summary>The best items that no pool had before and that quotas have room for, the best first.</summary>
    private PoolEntry[] Pool(int size)
    {
        ReadOnlySpan<float> scores = Scores.Values;
        TopK best;
        if (_boosts is null)
        {
            best = new TopK(size, _minimum, MayBeTaken, finiteOnly: true);
            best.Offer(scores, 0);
        }
        else
        {
            best = new TopK(size, admits: MayBeTaken, finiteOnly: true);
            _boosts.Offer(Scores, _deviation, _minimum, best);
        }

        var pool = new PoolEntry[best.Ranked.Length];
        for (int n = 0; n < pool.Length; n++)
        {
            var (value, place) = best.Ranked[n];
            int item = Scores.Row(place);
            _isDone?.Set(place, true);
            double noise = _noise is null ? 0 : _request.Exploration!.Temperature * Scale * _noise[_model.ItemId(item)];
            pool[n] = new PoolEntry(item, scores[place], value + noise);
        }

        if (_noise is not null)
            Array.Sort(pool, (a, b) => a.Value != b.Value ? b.Value.CompareTo(a.Value) : a.Item.CompareTo(b.Item));
        return pool;
    }

    /// <summary>A unit for noise, also where all scores are equal.</summary>
    private double Scale => _deviation > 0 ? _deviation : 1;

    /// <param name="place">A place in the sheet.</param>
    private bool MayBeTaken(int place)
    {
        int item = Scores.Row(place);
        if (_isDone?[place] == true || !_quotas.HasRoomFor(item))
            return false;
        bool admits = _admits(item);
        if (!admits)
            _isDone?.Set(place, true);
        return admits;
    }
}
