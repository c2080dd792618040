using System.Numerics.Tensors;

namespace DRepMRec.Serving;

/// <summary>What the items of one history add to the scores: c |u| times the mean of their item-to-item weights.</summary>
internal sealed class HistoryQuery
{
    private readonly ItemToItemRows _rows;
    private readonly int[] _history;
    private readonly float _factor;

    private HistoryQuery(ItemToItemRows rows, int[] history, float factor) => (_rows, _history, _factor) = (rows, history, factor);

    /// <summary>The part of a query; <see langword="null"/> where the model has none, or nothing to say.</summary>
    /// <param name="rows">The model's.</param>
    /// <param name="history">The rows of the history's items, ascending.</param>
    /// <param name="query">The user's row.</param>
    public static HistoryQuery? Of(ItemToItemRows? rows, ReadOnlySpan<int> history, ReadOnlySpan<float> query)
        => rows is null || history.IsEmpty ? null
            : new HistoryQuery(rows, history.ToArray(), rows.Form.Factor * TensorPrimitives.Norm(query) / history.Length);

    /// <summary>Adds to the scores of a range of rows, with the same bits in every range.</summary>
    public void AddTo(int first, Span<float> scores)
    {
        foreach (int item in _history)
            _rows.Add(item, _factor, first, scores);
    }

    /// <summary>How much each item of the history adds to the score of one item.</summary>
    public IEnumerable<(int Item, float Share)> Shares(int target)
        => _history.Select(item => (item, _rows.Weight(item, target) * _factor)).Where(share => share.Item2 != 0);
}
