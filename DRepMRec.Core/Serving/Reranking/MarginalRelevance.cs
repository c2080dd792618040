using System.Numerics.Tensors;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Maximal marginal relevance over the pools of a request, one after the other.</summary>
internal sealed class MarginalRelevance
{
    private readonly IReadOnlyList<RowStore> _lines;
    private readonly float _lambda;
    private readonly List<float[]> _taken = [];
    private float[] _directions = [];
    private float[] _closest = [];
    private float[] _relevance = [];

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

    private int Width => _lines[0].Width;

    /// <summary>Takes a pool over: its items, the best first, and their scores.</summary>
    public void Begin(ReadOnlySpan<PoolEntry> pool)
    {
        int width = Width;
        _directions = new float[pool.Length * width];
        _closest = new float[pool.Length];
        _relevance = new float[pool.Length];
        double best = pool[0].Value, range = best - pool[^1].Value;
        for (int n = 0; n < pool.Length; n++)
        {
            _relevance[n] = range > 0 ? (float)(1 - ((best - pool[n].Value) / range)) : 0;
            Span<float> direction = Direction(n);
            foreach (RowStore line in _lines)
                TensorPrimitives.Add(direction, line[pool[n].Item], direction);
            float length = TensorPrimitives.Norm<float>(direction);
            TensorPrimitives.Multiply(direction, length > 0 ? 1 / length : 0, direction);
        }

        _closest.AsSpan().Fill(_taken.Count == 0 ? 0 : float.NegativeInfinity);
        foreach (float[] taken in _taken)
            MoveCloser(taken);
    }

    /// <summary>The place in the pool of the item to take next, of equal ones the first; -1 where none may be taken.</summary>
    public int Next(Func<int, bool> mayBeTaken)
    {
        int next = -1;
        float best = float.NegativeInfinity;
        for (int n = 0; n < _relevance.Length; n++)
        {
            float marginal = (_lambda * _relevance[n]) - ((1 - _lambda) * _closest[n]);
            if (marginal > best && mayBeTaken(n))
                (next, best) = (n, marginal);
        }

        return next;
    }

    /// <summary>Counts an item as taken.</summary>
    public void Take(int place)
    {
        float[] taken = Direction(place).ToArray();
        if (_taken.Count == 0)
            _closest.AsSpan().Fill(float.NegativeInfinity);
        _taken.Add(taken);
        MoveCloser(taken);
    }

    private void MoveCloser(float[] taken)
    {
        for (int n = 0; n < _closest.Length; n++)
            _closest[n] = Math.Max(_closest[n], TensorPrimitives.Dot<float>(taken, Direction(n)));
    }

    private Span<float> Direction(int place) => _directions.AsSpan(place * Width, Width);
}
