namespace DRepMRec.Evaluation;

/// <summary>Scores items for unknown users by the items' numbers of users, as serving does, and for others by another scorer.</summary>
/// <param name="scorer">Scores all other users.</param>
/// <param name="isKnown">For each user whether anything is known.</param>
/// <param name="itemDegrees">The number of training users of each item.</param>
internal sealed class UnknownUserScorer(IRangeScorer scorer, Func<int, bool> isKnown, IReadOnlyList<int> itemDegrees) : IRangeScorer
{
    public int UserCount => scorer.UserCount;

    public int ItemCount => scorer.ItemCount;

    public int RangeStep => scorer.RangeStep;

    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        scorer.Score(users, scores);
        Fill(users, 0, ItemCount, scores);
    }

    public void Score(ReadOnlySpan<int> users, int first, int count, Span<float> scores)
    {
        scorer.Score(users, first, count, scores);
        Fill(users, first, count, scores);
    }

    private void Fill(ReadOnlySpan<int> users, int first, int count, Span<float> scores)
    {
        for (int n = 0; n < users.Length; n++)
        {
            for (int i = 0; i < count && !isKnown(users[n]); i++)
                scores[(n * count) + i] = itemDegrees[first + i];
        }
    }
}
