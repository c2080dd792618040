using System.Numerics.Tensors;

namespace DRepMRec.Serving;

/// <summary>
/// What a blend adds to the scores of one user: c |u| times the mean of the item-to-item weights of the history, and e |u| times the
/// popularity of each item.
/// </summary>
internal sealed class HistoryQuery
{
    private readonly ItemToItemRows _rows;
    private readonly int[] _history;
    private readonly float _factor;
    private readonly float _popularityFactor;

    private HistoryQuery(ItemToItemRows rows, int[] history, float length)
    {
        (_rows, _history) = (rows, history);
        (_factor, _popularityFactor) = (rows.Form.Factor * length / history.Length, rows.Form.PopularityFactor * length);
    }

    /// <summary>The part of a query; <see langword="null"/> where the model has none.</summary>
    /// <param name="rows">The model's.</param>
    /// <param name="history">The rows of the history's items, ascending.</param>
    /// <param name="query">The user's row.</param>
    public static HistoryQuery? Of(ItemToItemRows? rows, ReadOnlySpan<int> history, ReadOnlySpan<float> query)
        => rows is null ? null : new HistoryQuery(rows, history.ToArray(), TensorPrimitives.Norm(query));

    /// <summary>Adds to the scores of a range of rows, with the same bits in every range.</summary>
    public void AddTo(int first, Span<float> scores)
    {
        foreach (int item in _factor == 0 ? [] : _history)
            _rows.Add(item, _factor, first, scores);
        _rows.AddPopularity(_popularityFactor, first, scores);
    }

    /// <summary>How much each item of the history adds to the score of one item.</summary>
    public IEnumerable<(int Item, float Share)> Shares(int target)
        => _history.Select(item => (item, _rows.Weight(item, target) * _factor)).Where(share => share.Item2 != 0);

    /// <summary>How much its popularity adds to the score of one item.</summary>
    public float Popularity(int target)
    {
        Span<float> score = [0];
        _rows.AddPopularity(_popularityFactor, target, score);
        return score[0];
    }
}
