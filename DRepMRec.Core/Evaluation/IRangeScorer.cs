namespace DRepMRec.Evaluation;

/// <summary>A scorer that can score a range of items at a time, so that the best are picked while their scores are in the cache.</summary>
internal interface IRangeScorer : IItemScorer
{
    /// <summary>Items are taken in ranges that begin at multiples of this.</summary>
    int RangeStep { get; }

    /// <summary>Scores items [first, first + count) for the given users, with the bits of <see cref="IItemScorer.Score"/>.</summary>
    /// <param name="users">n user indices.</param>
    /// <param name="first">The first item, a multiple of <see cref="RangeStep"/>.</param>
    /// <param name="count">The number of items.</param>
    /// <param name="scores">n * count scores, one user after the other.</param>
    void Score(ReadOnlySpan<int> users, int first, int count, Span<float> scores);
}
