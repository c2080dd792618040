using System.Numerics.Tensors;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Maximal marginal relevance over the pools of a request, one after the other.</summary>
/// <remarks>
/// The more items are taken, the closer is the closest of them: a marginal that was worked out earlier is a bound of what it's now. So an
/// item is looked at again only where its bound beats the best so far, and most of a pool are never compared with anything.
/// </remarks>
internal sealed class MarginalRelevance
{
    /// <summary>No cosine is below, rounding included.</summary>
    private const float LeastCosine = -1.0001f;

    private readonly IReadOnlyList<RowStore> _lines;
    private readonly float _lambda;
    private readonly List<float[]> _taken = [];
    private float[]?[] _directions = [];
    private Candidate[] _candidates = [];

    public MarginalRelevance(ServingModel model, Diversity diversity)
    {
        IReadOnlyList<RepresentationSpace> spaces = Recommender.SpacesOf(model);
        if (!spaces.Contains(diversity.Space))
        {
            throw new ArgumentException($"The model can't compare items in the space {diversity.Space}; it can in "
                + $"{Shown.List(spaces)}.", nameof(Diversity));
        }

        _lines = Recommender.Lines(diversity.Space, model.Items, model.ItemBehavior, model.ItemModal);
        _lambda = (float)diversity.Lambda;
    }

    /// <summary>Takes a pool over: its items, the best first, and their scores.</summary>
    public void Begin(ReadOnlySpan<PoolEntry> pool)
    {
        _directions = new float[]?[pool.Length];
        _candidates = new Candidate[pool.Length];
        double best = pool[0].Value, range = best - pool[^1].Value;
        for (int n = 0; n < pool.Length; n++)
        {
            _candidates[n] = new Candidate
            {
                Item = pool[n].Item,
                Relevance = range > 0 ? (float)(1 - ((best - pool[n].Value) / range)) : 0,
                Closest = LeastCosine,
            };
        }
    }

    /// <summary>The place in the pool of the item to take next, of equal ones the first; -1 where none may be taken.</summary>
    public int Next(Func<int, bool> mayBeTaken)
    {
        int next = -1;
        float best = float.NegativeInfinity;
        for (int n = 0; n < _candidates.Length; n++)
        {
            if (Marginal(_candidates[n]) <= best)
                continue;
            Update(n);
            float marginal = Marginal(_candidates[n]);
            if (marginal > best && mayBeTaken(n))
                (next, best) = (n, marginal);
        }

        return next;
    }

    /// <summary>Counts an item as taken.</summary>
    public void Take(int place) => _taken.Add(Direction(place));

    private float Marginal(in Candidate candidate)
        => (_lambda * candidate.Relevance) - ((1 - _lambda) * (_taken.Count == 0 ? 0 : candidate.Closest));

    /// <summary>Compares an item with those that were taken since it was compared last.</summary>
    private void Update(int place)
    {
        ref Candidate candidate = ref _candidates[place];
        for (; candidate.Compared < _taken.Count; candidate.Compared++)
            candidate.Closest = Math.Max(candidate.Closest, TensorPrimitives.Dot<float>(_taken[candidate.Compared], Direction(place)));
    }

    private float[] Direction(int place)
    {
        if (_directions[place] is { } known)
            return known;
        var direction = new float[_lines[0].Width];
        foreach (RowStore line in _lines)
            TensorPrimitives.Add(direction, line[_candidates[place].Item], direction);
        float length = LineFusion.Norm(direction);
        if (length > 0)
            TensorPrimitives.Divide(direction, length, direction); // The inverse of a short length is infinite.
        return _directions[place] = direction;
    }

    private struct Candidate
    {
        public int Item;
        public float Relevance;

        /// <summary>The cosine of the closest of the first <see cref="Compared"/> items that were taken.</summary>
        public float Closest;

        public int Compared;
    }
}
