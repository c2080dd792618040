namespace DRepMRec.Evaluation;

/// <summary>Scores all items for users: what the evaluator ranks by. Higher is better.</summary>
/// <remarks>Implementations must be safe for use by many threads; scores must not depend on the other users in the call.</remarks>
public interface IItemScorer
{
    /// <summary>The number of users U.</summary>
    int UserCount { get; }

    /// <summary>The number of items I.</summary>
    int ItemCount { get; }

    /// <summary>Scores all items for the given users.</summary>
    /// <param name="users">n user indices.</param>
    /// <param name="scores">n * I scores, one user after the other, all overwritten. NaN is an error, minus infinity means "never".</param>
    void Score(ReadOnlySpan<int> users, Span<float> scores);
}
