using System.Numerics.Tensors;
using DRepMRec.ItemToItem;

namespace DRepMRec.Serving;

/// <summary>
/// What a blend adds to the scores of one user: c |u| times the mean of the item-to-item weights of the history, and e |u| times by how
/// much each item is more popular than the mean.
/// </summary>
internal sealed class HistoryQuery
{
    private readonly ItemToItemRows _rows;
    private readonly int[] _history;
    private readonly float _factor;
    private readonly float[] _popularity;
    private readonly float _popularityFactor;

    private HistoryQuery(ItemToItemRows rows, int[] history, float[] popularity, float length)
    {
        (_rows, _history, _popularity) = (rows, history, popularity);
        (_factor, _popularityFactor) = (rows.Form.Factor * length / Math.Max(1, history.Length), rows.Form.PopularityFactor * length);
    }

    /// <summary>The part of a query; <see langword="null"/> where the model has none.</summary>
    /// <param name="rows">The model's.</param>
    /// <param name="popularity">How popular the items of the file are.</param>
    /// <param name="history">The rows of the history's items, ascending.</param>
    /// <param name="query">The user's row.</param>
    public static HistoryQuery? Of(
        ItemToItemRows? rows, PopularityOrder popularity, ReadOnlySpan<int> history, ReadOnlySpan<float> query)
    {
        if (rows is null)
            return null;
        float[] counted = rows.Form.PopularityFactor == 0 ? [] : popularity.Popularity;
        return new HistoryQuery(rows, rows.Form.Factor == 0 ? [] : history.ToArray(), counted, TensorPrimitives.Norm(query));
    }

    /// <summary>Adds to the scores of a range of rows, with the same bits in every range.</summary>
    public void AddTo(int first, Span<float> scores)
    {
        foreach (int item in _history)
            _rows.Add(item, _factor, first, scores);
        if (first < _popularity.Length)
        {
            ReadOnlySpan<float> own = _popularity.AsSpan(first, Math.Min(scores.Length, _popularity.Length - first));
            BlendFactors.AddPopularity(own, _popularityFactor, scores[..own.Length]);
        }
    }

    /// <summary>How much each item of the history adds to the score of one item.</summary>
    public IEnumerable<(int Item, float Share)> Shares(int target)
        => _history.Select(item => (item, _rows.Weight(item, target) * _factor)).Where(share => share.Item2 != 0);

    /// <summary>How much its popularity adds to the score of one item.</summary>
    public float Popularity(int target) => target < _popularity.Length ? _popularity[target] * _popularityFactor : 0;
}
