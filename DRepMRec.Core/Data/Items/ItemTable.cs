using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// Items as a shop has them: by raw id their titles, texts, categories, numbers, dates and pictures. Encoders make features of it, and
/// what can be shown travels in the model file.
/// </summary>
/// <remarks>Immutable and safe for use by many threads. It is in memory whole, pictures in files apart.</remarks>
/// <example>
/// <code>
/// ItemTable products = ItemTable.LoadDelimited("products.csv", new() { Item = "sku", Title = "title", Numbers = ["price"] });
/// IReadOnlyList&lt;FeatureTable&gt; features = products.MakeFeatures();
/// </code>
/// </example>
public sealed partial class ItemTable
{
    private readonly Dictionary<string, ItemColumn> _byName;

    internal ItemTable(IReadOnlyList<string> ids, IReadOnlyList<ItemColumn> columns, ItemTableReport? report)
    {
        (Ids, Columns, Report) = (ids, columns, report);
        _byName = columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
    }

    /// <summary>The raw ids, each once.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>The number of items.</summary>
    public int Count => Ids.Count;

    /// <summary>The columns: the title, texts, categories, numbers, dates and the picture, as they were declared.</summary>
    public IReadOnlyList<ItemColumn> Columns { get; }

    /// <summary>What became of the rows that the table was read from.</summary>
    /// <value><see langword="null"/> for a table from memory.</value>
    public ItemTableReport? Report { get; }

    /// <summary>A column by its name, or <see langword="null"/>.</summary>
    /// <param name="name">The name, compared exactly.</param>
    public ItemColumn? this[string name] => _byName.GetValueOrDefault(name);

    /// <summary>Puts a table together in memory, such as of one new item that somebody typed in.</summary>
    /// <param name="ids">The raw ids, each once.</param>
    /// <param name="columns">Columns of distinct names, at most one of titles and of pictures, with a value or none for each id.</param>
    /// <exception cref="ArgumentException">An id is blank or there twice, or a column has another number of items.</exception>
    public static ItemTable Of(IReadOnlyList<string> ids, params IReadOnlyList<ItemColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(columns);
        var seen = new HashSet<string>(ids.Count, StringComparer.Ordinal);
        for (int n = 0; n < ids.Count; n++)
        {
            if (RawId.WhatIsWrong(ids[n]) is { } wrong)
                throw new ArgumentException($"Expected the id of item number {n}, got {wrong}.", nameof(ids));
            if (!seen.Add(ids[n]))
                throw new ArgumentException($"Each item must occur once; {Shown.Text(ids[n])} is there twice.", nameof(ids));
        }

        foreach (ItemColumn column in columns)
        {
            ArgumentNullException.ThrowIfNull(column, nameof(columns));
            if (column.Count != ids.Count)
                throw new ArgumentException($"Expected values of {ids.Count} items, one per id, in {column}; got {column.Count}.",
                    nameof(columns));
        }

        if (columns.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Each column must occur once; {Shown.Text(twice.Key)} is there twice.", nameof(columns));
        foreach (ItemColumnKind kind in new[] { ItemColumnKind.Title, ItemColumnKind.Image })
        {
            if (columns.Count(c => c.Kind == kind) > 1)
                throw new ArgumentException($"Expected at most one column of {kind}, got several.", nameof(columns));
        }

        return new ItemTable([.. ids], [.. columns], null);
    }

    /// <summary>The number of items and the columns with their kinds.</summary>
    public override string ToString() => $"{Count} items: {Shown.List(Columns)}";

    /// <summary>The columns of some kinds, in their order.</summary>
    internal ItemColumn[] OfKind(params ReadOnlySpan<ItemColumnKind> kinds)
    {
        var found = new List<ItemColumn>();
        foreach (ItemColumn column in Columns)
        {
            if (kinds.Contains(column.Kind))
                found.Add(column);
        }

        return [.. found];
    }
}
