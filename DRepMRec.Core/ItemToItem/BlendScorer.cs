using DRepMRec.Evaluation;
using DRepMRec.Internals;

namespace DRepMRec.ItemToItem;

/// <summary>A model's scores and, for each user, c |u| times those of the item-to-item part.</summary>
internal sealed class BlendScorer(EmbeddingScorer model, ItemToItemModel part, float factor) : IRangeScorer
{
    public int UserCount => model.UserCount;

    public int ItemCount => model.ItemCount;

    public int RangeStep => ((IRangeScorer)model).RangeStep;

    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        Guard.ThrowIfWrongLength(scores, users.Length, ItemCount);
        Score(users, 0, ItemCount, scores);
    }

    public void Score(ReadOnlySpan<int> users, int first, int count, Span<float> scores)
    {
        ((IRangeScorer)model).Score(users, first, count, scores);
        for (int n = 0; n < users.Length; n++)
            part.AddMean(users[n], factor * model.Length(users[n]), first, scores.Slice(n * count, count));
    }
}
