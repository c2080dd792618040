namespace DRepMRec.Data;

/// <summary>Which items are offered, and what was left out because it isn't.</summary>
internal sealed class CatalogueFilter
{
    private const int MaxExamples = 5;

    private readonly HashSet<string> _offered;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _isOffered;
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _isOther;
    private readonly List<string> _examples = [];
    private long _rows;

    public CatalogueFilter(IReadOnlyCollection<string> items)
    {
        _offered = new HashSet<string>(items.Count, StringComparer.Ordinal);
        foreach (string id in items)
        {
            if (RawId.WhatIsWrong(id) is { } wrong)
                throw new ArgumentException($"Each id of the catalogue must be Unicode text that isn't blank; found {wrong}.", "options");
            _offered.Add(id);
        }

        _isOffered = _offered.GetAlternateLookup<ReadOnlySpan<char>>();
        _isOther = _others.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Whether an item is in the catalogue; one that isn't is counted.</summary>
    public bool Offers(ReadOnlySpan<char> item)
    {
        if (_isOffered.Contains(item))
            return true;
        _rows++;
        if (_isOther.Add(item) && _examples.Count < MaxExamples)
            _examples.Add(item.ToString());
        return false;
    }

    public CatalogueReport Report(InteractionLog log)
        => new(_offered.Count, log.Rows.Select(row => row.Item).Distinct().Count(), _rows, _others.Count, [.. _examples]);
}
