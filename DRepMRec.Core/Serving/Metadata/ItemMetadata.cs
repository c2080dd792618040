using System.Diagnostics.CodeAnalysis;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>
/// What is known of items beside what they're ranked by: categories, prices, dates, titles, by raw item id. Requests filter, boost and
/// limit by it, and whoever shows recommendations looks them up in it.
/// </summary>
/// <remarks>
/// Immutable and safe for use by many threads. Columns are flat arrays, in a model file as in memory, so that a loaded one of a million
/// items is ready at once. Items may be in it that the catalogue lacks, if it
/// has others of them: they have their values when they're added.
/// </remarks>
/// <example>
/// <code>
/// var metadata = ItemMetadata.Of(
///     ["shoe", "hat"],
///     MetadataColumn.Category("kind", ["feet", "head"]),
///     MetadataColumn.Number("price", [79.9, null]));
/// recommender = recommender.WithMetadata(metadata);
/// </code>
/// </example>
public sealed class ItemMetadata
{
    private readonly Dictionary<string, MetadataColumn> _byName;

    internal ItemMetadata(IdTable ids, IReadOnlyList<MetadataColumn> columns)
    {
        (Table, Columns) = (ids, columns);
        _byName = columns.ToDictionary(c => c.Name);
    }

    /// <summary>The columns, as they were declared.</summary>
    public IReadOnlyList<MetadataColumn> Columns { get; }

    /// <summary>The number of items.</summary>
    public int Count => Table.Count;

    internal IdTable Table { get; }

    internal MetadataForm Form => new()
    {
        Rows = Count,
        Columns = [.. Columns.Select(c => new MetadataColumnForm { Name = c.Name, Kind = c.Kind })],
    };

    /// <summary>The values of an item, or <see langword="null"/> where there is no such item.</summary>
    /// <param name="itemId">The item's raw id.</param>
    public ItemValues? this[string itemId] => TryGet(itemId, out ItemValues? values) ? values : null;

    /// <summary>Makes metadata of columns.</summary>
    /// <param name="itemIds">The raw ids of the items, each once.</param>
    /// <param name="columns">At least one, each name once, with a value or none for each item, in the order of the ids.</param>
    /// <exception cref="ArgumentException">An id or name occurs twice, an id is blank, or a column has another number of items.</exception>
    public static ItemMetadata Of(IReadOnlyList<string> itemIds, params IReadOnlyList<MetadataColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(itemIds);
        Guard.NotEmpty(columns, nameof(columns));
        for (int n = 0; n < itemIds.Count; n++)
        {
            if (RawId.WhatIsWrong(itemIds[n]) is { } wrong)
                throw new ArgumentException($"Expected the id of item number {n}, got {wrong}.", nameof(itemIds));
        }

        foreach (MetadataColumn column in columns)
        {
            ArgumentNullException.ThrowIfNull(column, nameof(columns));
            if (column.Count != itemIds.Count)
            {
                throw new ArgumentException($"Column {Shown.Text(column.Name)}: expected values of {itemIds.Count} items, one per id, got "
                    + $"{column.Count}.", nameof(columns));
            }
        }

        ThrowIfTwice(columns);
        return new ItemMetadata(IdTable.Of(itemIds), [.. columns]);
    }

    /// <summary>
    /// Makes metadata of what can be shown of items: title, categories, numbers, dates, and the picture's path as text, by the names of
    /// their columns. Texts for features and bytes of pictures aren't in it.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <exception cref="ArgumentException">
    /// There is nothing to show, or a column's name is longer than 64 characters or has blanks at its ends or control characters.
    /// </exception>
    public static ItemMetadata Of(ItemTable items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return TryOf(items) ?? throw new ArgumentException($"Expected a column that can be shown, got {items}.", nameof(items));
    }

    /// <summary>The same, or nothing where there is nothing to show.</summary>
    internal static ItemMetadata? TryOf(ItemTable items)
    {
        MetadataColumn[] columns = [.. items.Columns.Select(c => Shows(items, c)).OfType<MetadataColumn>()];
        return columns.Length > 0 ? Of(items.Ids, columns) : null;
    }

    private static MetadataColumn? Shows(ItemTable items, ItemColumn column)
    {
        T[] All<T>(Func<int, T> of) => [.. Enumerable.Range(0, items.Count).Select(of)];
        return column.Kind switch
        {
            ItemColumnKind.Title => MetadataColumn.Text(column.Name, All(column.TextOf)),
            ItemColumnKind.Category => MetadataColumn.Categories(column.Name, All(column.CategoriesOf)),
            ItemColumnKind.Number => MetadataColumn.Number(column.Name, All(column.NumberOf)),
            ItemColumnKind.Date => MetadataColumn.Date(column.Name, All(column.DateOf)),
            ItemColumnKind.Image when All(row => column.ImageOf(row)?.Shown) is var paths && paths.Any(path => path is not null)
                => MetadataColumn.Text(column.Name, paths),
            _ => null,
        };
    }

    /// <summary>Looks an item up.</summary>
    /// <param name="itemId">The item's raw id.</param>
    /// <param name="values">Its values, where it's known.</param>
    public bool TryGet(string itemId, [NotNullWhen(true)] out ItemValues? values)
    {
        ArgumentNullException.ThrowIfNull(itemId);
        values = Table.TryGetIndex(itemId, out int row) ? new ItemValues(this, row) : null;
        GC.KeepAlive(this);
        return values is not null;
    }

    /// <summary>The categories that occur in a column, each once.</summary>
    /// <param name="column">The name of a column of categories.</param>
    /// <exception cref="ArgumentException">There is no such column of categories.</exception>
    public IReadOnlyList<string> Categories(string column)
    {
        IdTable categories = Column<CategoryColumn>(column).Names;
        string[] all = [.. Enumerable.Range(0, categories.Count).Select(n => categories[n])];
        GC.KeepAlive(this);
        return all;
    }

    /// <summary>
    /// This metadata with items added or replaced; it stays as it is. Takes time in proportion to all items, so change many at once.
    /// </summary>
    /// <param name="newer">Items with the same columns: their values take the place of those here, missing values too.</param>
    /// <exception cref="ArgumentException">The columns aren't the same by name and kind.</exception>
    public ItemMetadata With(ItemMetadata newer)
    {
        ArgumentNullException.ThrowIfNull(newer);
        MetadataColumn[] matching = [.. Columns.Select(c => newer._byName.GetValueOrDefault(c.Name)!)];
        if (newer.Columns.Count != Columns.Count || matching.Zip(Columns).Any(p => p.First?.Kind != p.Second.Kind))
            throw new ArgumentException($"Expected the columns {Described()}; got {newer.Described()}.", nameof(newer));
        var ids = new List<string>(Count);
        var rows = new List<int>(Count);
        for (int row = 0; row < Count; row++)
        {
            ids.Add(Table[row]);
            rows.Add(newer.Table.TryGetIndex(ids[row], out int newerRow) ? ~newerRow : row);
        }

        for (int row = 0; row < newer.Count; row++)
        {
            string id = newer.Table[row];
            if (Table.TryGetIndex(id, out _))
                continue;
            ids.Add(id);
            rows.Add(~row);
        }

        int[] sources = [.. rows];
        var merged = new ItemMetadata(IdTable.Of(ids), [.. Columns.Zip(matching, (own, other) => own.Merge(other, sources))]);
        GC.KeepAlive(newer);
        GC.KeepAlive(this);
        return merged;
    }

    /// <summary>The number of items and the columns with their kinds.</summary>
    public override string ToString() => $"{Count} items: {Described()}";

    internal T Column<T>(string name) where T : MetadataColumn
        => Column(name) as T ?? throw new ArgumentException($"The column {Shown.Text(name)} is of {Column(name).Kind}.", nameof(name));

    internal MetadataColumn Column(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _byName.TryGetValue(name, out MetadataColumn? column) ? column
            : throw new ArgumentException($"There is no column {Shown.Text(name)} of metadata; there are {Described()}.", nameof(name));
    }

    internal static void ThrowIfTwice(IReadOnlyList<MetadataColumn> columns)
    {
        if (columns.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Each column must occur once; {Shown.Text(twice.Key)} is there twice.", nameof(columns));
    }

    private string Described() => Shown.List(Columns.Select(c => $"'{c.Name}' ({c.Kind})"));
}
