using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;

namespace DRepMRec.Baselines;

/// <summary>Recommends what most users have, to everyone: the baseline that every learned model must beat.</summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
public sealed class PopularityRecommender : IItemScorer
{
    private readonly float[] _scores;

    /// <summary>Counts the users of each item.</summary>
    /// <param name="train">The training interactions.</param>
    public PopularityRecommender(InteractionSet train)
    {
        ArgumentNullException.ThrowIfNull(train);
        UserCount = train.UserCount;
        _scores = [.. train.ItemDegrees().Select(d => (float)d)];
    }

    /// <inheritdoc/>
    public int UserCount { get; }

    /// <inheritdoc/>
    public int ItemCount => _scores.Length;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        Guard.ThrowIfWrongLength(scores, users.Length, ItemCount);
        for (int u = 0; u < users.Length; u++)
            _scores.CopyTo(scores.Slice(u * ItemCount, ItemCount));
    }
}
