using DRepMRec.Evaluation;
using DRepMRec.Internals;

namespace DRepMRec.ItemToItem;

/// <summary>A model's scores and, for each user, those of the item-to-item part and of the items' popularity.</summary>
internal sealed class BlendScorer(EmbeddingScorer model, ItemToItemModel part, BlendFactors factors) : IRangeScorer
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
        {
            float length = model.Length(users[n]);
            Span<float> own = scores.Slice(n * count, count);
            part.AddMean(users[n], factors.Part * length, first, own);
            BlendFactors.AddPopularity(part.Popularity.AsSpan(first, count), factors.Popularity * length, own);
        }
    }
}
