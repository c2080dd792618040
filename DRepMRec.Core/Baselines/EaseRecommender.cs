using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Baselines;

/// <summary>
/// EASE (Steck, WWW 2019, arXiv 1905.03375): the linear model X B with zero diagonal that is closest to the user-item matrix X, in closed
/// form: B = I - P diag(P)^-1, P = (X'X + lambda I)^-1.
/// </summary>
/// <remarks>
/// Needs libtorch once, to invert. Memory grows with the square of the number n of items that occur in training: 4 n² bytes, and several
/// times that while it is made; time with n³. Immutable and safe for use by many threads. Users without items, and items without users, get
/// zeros.
/// </remarks>
public sealed class EaseRecommender : IItemScorer
{
    private readonly InteractionSet _history;
    private readonly int[] _places;
    private readonly int[] _items;
    private readonly float[] _weights;

    /// <summary>Solves for B.</summary>
    /// <param name="train">The training interactions.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">More than 46,340 items occur in training, so that B is larger than an array.</exception>
    /// <exception cref="TorchBackendException">libtorch can't be loaded.</exception>
    public EaseRecommender(InteractionSet train, EaseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        TorchBackend.EnsureLoaded();
        _history = train;
        int[] degrees = train.ItemDegrees();
        _items = [.. Enumerable.Range(0, train.ItemCount).Where(i => degrees[i] > 0)];
        if ((long)_items.Length * _items.Length > Array.MaxLength)
        {
            throw new ArgumentException(
                $"EASE holds a weight for each pair of items: expected at most 46340 items in training, got {_items.Length}.",
                nameof(train));
        }

        _places = new int[train.ItemCount];
        for (int place = 0; place < _items.Length; place++)
            _places[_items[place]] = place;
        _weights = Solve(Gram(), _items.Length, (options ?? new EaseOptions()).L2);
    }

    /// <inheritdoc/>
    public int UserCount => _history.UserCount;

    /// <inheritdoc/>
    public int ItemCount => _history.ItemCount;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        Guard.ThrowIfWrongLength(scores, users.Length, ItemCount);
        int n = _items.Length;
        var sum = new float[n];
        for (int u = 0; u < users.Length; u++)
        {
            Array.Clear(sum);
            foreach (int item in _history.ItemsOf(users[u]))
                TensorPrimitives.Add(sum, _weights.AsSpan(_places[item] * n, n), sum);
            Span<float> own = scores.Slice(u * ItemCount, ItemCount);
            own.Clear();
            for (int place = 0; place < n; place++)
                own[_items[place]] = sum[place];
        }
    }

    /// <summary>X'X over the items that occur: how many users each pair of items shares.</summary>
    private float[] Gram()
    {
        int n = _items.Length;
        var gram = new float[n * n];
        for (int user = 0; user < UserCount; user++)
        {
            ReadOnlySpan<int> own = _history.ItemsOf(user);
            foreach (int item in own)
            {
                Span<float> row = gram.AsSpan(_places[item] * n, n);
                foreach (int other in own)
                    row[_places[other]]++;
            }
        }

        return gram;
    }

    private static float[] Solve(float[] gram, int n, double l2)
    {
        if (n == 0)
            return [];
        for (int i = 0; i < n; i++)
            gram[(i * n) + i] += (float)l2;
        using (no_grad())
        using (NewDisposeScope())
        {
            Tensor inverse = linalg.inv(tensor(gram, n, n).clone());
            Tensor weights = (inverse / inverse.diagonal()).neg();
            weights.contiguous().data<float>().CopyTo(gram);
        }

        for (int i = 0; i < n; i++)
            gram[(i * n) + i] = 0;
        return gram;
    }
}
