namespace DRepMRec.Data;

/// <summary>
/// Counts rows with mistakes by kind and keeps the first places of each, so that a million of them take no more memory than three.
/// </summary>
internal sealed class MistakeLog(Func<RowMistakeKind, string> acceptedBy)
{
    private const int MaxPlaces = 3;

    private readonly Dictionary<RowMistakeKind, Entry> _entries = [];

    /// <summary>The first mistake of all, or <see langword="null"/>.</summary>
    public RowPlace? First { get; private set; }

    /// <summary>The rows with mistakes.</summary>
    public long Count { get; private set; }

    /// <summary>The mistakes in the order in which kinds first occurred.</summary>
    public IReadOnlyList<RowMistake> Summary
        => [.. _entries.Select(e => new RowMistake(e.Key, e.Value.Count, acceptedBy(e.Key), [.. e.Value.Places]))];

    /// <summary>Counts a mistake.</summary>
    /// <returns>Whether its place is to be described: it is among the first of its kind.</returns>
    public bool Add(RowMistakeKind kind)
    {
        if (!_entries.TryGetValue(kind, out Entry? entry))
            _entries[kind] = entry = new Entry();
        Count++;
        return ++entry.Count <= MaxPlaces;
    }

    /// <summary>Describes the place of the mistake that was counted last.</summary>
    public void Describe(RowMistakeKind kind, RowPlace place)
    {
        _entries[kind].Places.Add(place);
        First ??= place;
    }

    /// <summary>The options that accept rows of interactions with a mistake.</summary>
    /// <param name="kind">The mistake.</param>
    /// <param name="hasLayout">Whether the caller says which columns are read, and how.</param>
    /// <param name="isSplit">Whether the interactions will be split.</param>
    public static string InteractionsAcceptedBy(RowMistakeKind kind, bool hasLayout, bool isSplit)
    {
        const string Skip = $"{nameof(DatasetOptions)}.{nameof(DatasetOptions.BadRows)} = {nameof(BadRowHandling.Skip)}";
        string? own = kind switch
        {
            RowMistakeKind.Quotes => $"{nameof(DelimitedOptions)}.{nameof(DelimitedOptions.Quotes)} = false",
            RowMistakeKind.Rating when hasLayout => $"another {nameof(InteractionLayout)}.{nameof(InteractionLayout.Rating)}",
            RowMistakeKind.Timestamp when hasLayout => $"another {nameof(InteractionLayout)}.{nameof(InteractionLayout.TimestampFormat)}",
            RowMistakeKind.Event => $"more {nameof(InteractionLayout)}.{nameof(InteractionLayout.EventWeights)}",
            RowMistakeKind.UnreadableLabel when hasLayout => $"another {nameof(InteractionLayout)}.{nameof(InteractionLayout.Label)}",
            RowMistakeKind.Label when !isSplit => $"another {nameof(InteractionLayout)}.{nameof(InteractionLayout.Label)}",
            RowMistakeKind.Label or RowMistakeKind.MissingTimestamp => $"another {nameof(DatasetOptions)}.{nameof(DatasetOptions.Split)}",
            RowMistakeKind.Repeated => $"{nameof(DatasetOptions)}.{nameof(DatasetOptions.Duplicates)} = "
                + $"{nameof(DuplicateHandling.KeepFirst)}, {nameof(DuplicateHandling.KeepLast)} or {nameof(DuplicateHandling.Sum)}",
            RowMistakeKind.LabelsDiffer => $"{nameof(DatasetOptions)}.{nameof(DatasetOptions.Duplicates)} = "
                + $"{nameof(DuplicateHandling.KeepFirst)} or {nameof(DuplicateHandling.KeepLast)}",
            _ => null,
        };
        return own is null ? Skip : $"{own}, or {Skip}";
    }

    /// <summary>The options that accept rows of items with a mistake.</summary>
    /// <param name="kind">The mistake.</param>
    /// <param name="options">The type of the options that skip rows.</param>
    public static string ItemsAcceptedBy(RowMistakeKind kind, string options)
    {
        string skip = $"{options}.{nameof(ItemTableOptions.BadRows)} = {nameof(BadRowHandling.Skip)}";
        string? own = kind switch
        {
            RowMistakeKind.Quotes => $"{nameof(DelimitedItemOptions)}.{nameof(DelimitedItemOptions.Quotes)} = false",
            RowMistakeKind.Timestamp => $"another {nameof(ItemLayout)}.{nameof(ItemLayout.DateFormat)}",
            RowMistakeKind.Image => $"another {nameof(ItemTableOptions)}.{nameof(ItemTableOptions.ImageFolder)}",
            _ => null,
        };
        return own is null ? skip : $"{own}, or {skip}";
    }

    private sealed class Entry
    {
        public long Count { get; set; }

        public List<RowPlace> Places { get; } = [];
    }
}
