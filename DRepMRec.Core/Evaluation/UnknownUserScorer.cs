using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Evaluation;

/// <summary>
/// Scores items for users of whom nothing is known by the items' numbers of users, and for others by another scorer: what training
/// reports and a recommender serves, for a fair comparison with other scorers.
/// </summary>
/// <remarks>Safe for use by many threads where the other scorer is.</remarks>
/// <example>
/// <code>
/// var scorer = new UnknownUserScorer(new EaseRecommender(data.Train), data.Train);
/// EvaluationResult test = new Evaluator().Evaluate(scorer, data, EvaluationTarget.Test);
/// </code>
/// </example>
public sealed class UnknownUserScorer : IItemScorer, IRangeScorer
{
    private readonly IItemScorer _scorer;
    private readonly Func<int, bool> _isKnown;
    private readonly IReadOnlyList<int> _itemDegrees;

    /// <summary>Takes a scorer whose users are known by their training interactions.</summary>
    /// <param name="scorer">Scores users who have training interactions; it is asked for no others.</param>
    /// <param name="train">The training interactions, of the same users and items.</param>
    /// <exception cref="ArgumentException">Numbers of users or items differ.</exception>
    public UnknownUserScorer(IItemScorer scorer, InteractionSet train)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(train);
        if (scorer.UserCount != train.UserCount || scorer.ItemCount != train.ItemCount)
        {
            throw new ArgumentException($"Expected a scorer of {train.UserCount} users and {train.ItemCount} items, got one of "
                + $"{scorer.UserCount} and {scorer.ItemCount}.", nameof(scorer));
        }

        (_scorer, _isKnown, _itemDegrees) = (scorer, user => !train.ItemsOf(user).IsEmpty, train.ItemDegrees());
    }

    /// <param name="scorer">Scores all other users.</param>
    /// <param name="isKnown">For each user whether anything is known.</param>
    /// <param name="itemDegrees">The number of training users of each item.</param>
    internal UnknownUserScorer(IItemScorer scorer, Func<int, bool> isKnown, IReadOnlyList<int> itemDegrees)
        => (_scorer, _isKnown, _itemDegrees) = (scorer, isKnown, itemDegrees);

    /// <inheritdoc/>
    public int UserCount => _scorer.UserCount;

    /// <inheritdoc/>
    public int ItemCount => _scorer.ItemCount;

    // A scorer that knows no ranges is asked for all items at once.
    int IRangeScorer.RangeStep => (_scorer as IRangeScorer)?.RangeStep ?? ItemCount;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        Guard.ThrowIfWrongLength(scores, users.Length, ItemCount);
        ReadOnlySpan<int> known = Known(users);
        if (!known.IsEmpty)
            _scorer.Score(known, scores[..(known.Length * ItemCount)]);
        Spread(users, known.Length, 0, ItemCount, scores);
    }

    void IRangeScorer.Score(ReadOnlySpan<int> users, int first, int count, Span<float> scores)
    {
        ReadOnlySpan<int> known = Known(users);
        Span<float> own = scores[..(known.Length * count)];
        if (_scorer is IRangeScorer range && !known.IsEmpty)
            range.Score(known, first, count, own);
        else if (!known.IsEmpty)
            _scorer.Score(known, own);
        Spread(users, known.Length, first, count, scores);
    }

    private ReadOnlySpan<int> Known(ReadOnlySpan<int> users)
    {
        foreach (int user in users)
        {
            if (!_isKnown(user))
                return users.ToArray().Where(_isKnown).ToArray();
        }

        return users;
    }

    /// <summary>Puts the rows of the known users, which stand first, in their places, and fills those of the others.</summary>
    private void Spread(ReadOnlySpan<int> users, int known, int first, int count, Span<float> scores)
    {
        for (int n = users.Length - 1; n >= known; n--)
        {
            if (_isKnown(users[n]))
            {
                scores.Slice(--known * count, count).CopyTo(scores.Slice(n * count, count));
                continue;
            }

            for (int i = 0; i < count; i++)
                scores[(n * count) + i] = _itemDegrees[first + i];
        }
    }
}
