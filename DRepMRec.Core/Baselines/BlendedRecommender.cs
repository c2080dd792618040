using System.Buffers;
using System.Numerics.Tensors;
using DRepMRec.Evaluation;
using DRepMRec.Internals;

namespace DRepMRec.Baselines;

/// <summary>Adds up the scores of other recommenders, such as EASE and nearest neighbours by features, which know cold items.</summary>
/// <remarks>As safe for use by many threads as its parts.</remarks>
public sealed class BlendedRecommender : IItemScorer
{
    private readonly (IItemScorer Scorer, float Weight)[] _parts;

    /// <summary>Puts recommenders together.</summary>
    /// <param name="parts">
    /// Recommenders for the same users and items, at least one, and the finite weight of each. One of weight 0 isn't asked; what any other
    /// says "never" to, by minus infinity, is never recommended, whatever its weight.
    /// </param>
    /// <exception cref="ArgumentException">There is no part, numbers of users or items differ, or a weight isn't finite.</exception>
    public BlendedRecommender(params IReadOnlyList<(IItemScorer Scorer, double Weight)> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0)
            throw new ArgumentException("Expected at least one recommender, got none.", nameof(parts));
        UserCount = parts[0].Scorer.UserCount;
        ItemCount = parts[0].Scorer.ItemCount;
        foreach (var (scorer, weight) in parts)
        {
            if (scorer.UserCount != UserCount || scorer.ItemCount != ItemCount)
            {
                throw new ArgumentException(
                    $"Expected recommenders for the same users and items; got {UserCount} and {ItemCount}, and {scorer.UserCount} and "
                    + $"{scorer.ItemCount}.", nameof(parts));
            }

            if (!float.IsFinite((float)weight))
                throw new ArgumentException($"Expected finite weights, got {weight}.", nameof(parts));
        }

        _parts = [.. parts.Select(p => (p.Scorer, (float)p.Weight)).Where(p => p.Item2 != 0)];
    }

    /// <inheritdoc/>
    public int UserCount { get; }

    /// <inheritdoc/>
    public int ItemCount { get; }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        Guard.ThrowIfWrongLength(scores, users.Length, ItemCount);
        scores.Clear();
        float[] rented = ArrayPool<float>.Shared.Rent(scores.Length);
        Span<float> own = rented.AsSpan(0, scores.Length);
        var never = new List<int>();
        foreach (var (scorer, weight) in _parts)
        {
            scorer.Score(users, own);
            TensorPrimitives.MultiplyAdd(own, weight, scores, scores);
            for (int n = own.IndexOf(float.NegativeInfinity); n >= 0 && n < own.Length; n++)
            {
                if (float.IsNegativeInfinity(own[n]))
                    never.Add(n);
            }
        }

        foreach (int n in never)
            scores[n] = float.NegativeInfinity;

        ArrayPool<float>.Shared.Return(rented);
    }
}
