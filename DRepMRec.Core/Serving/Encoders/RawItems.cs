using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Makes what a model needs of new items of their raw fields.</summary>
internal static class RawItems
{
    /// <summary>Refuses a model without encoders, and columns that nothing reads.</summary>
    /// <exception cref="InvalidOperationException">The model has no encoders.</exception>
    /// <exception cref="ArgumentException">Nothing reads a column.</exception>
    public static void Check(ServingModel model, ItemTable items)
    {
        if (model.Encoders is not { } encoders)
        {
            throw new InvalidOperationException(
                "This model doesn't know how features of items were made: its dataset's features came from no encoder, or it takes no new "
                + "items. Give features instead.");
        }

        foreach (ItemColumn column in items.Columns)
        {
            if (!encoders.All.Any(e => e.Columns.Contains(column.Name))
                && model.Metadata?.Table.Columns.Any(c => c.Name == column.Name) != true)
            {
                throw new ArgumentException(
                    $"Expected columns that the model knows, {Shown.List(Known(model).Select(name => Shown.Text(name)))}; got {column}.",
                    nameof(items));
            }
        }
    }

    /// <summary>Whether items have a column that an encoder reads.</summary>
    public static bool Has(ItemTable items, FeatureEncoder encoder) => encoder.Columns.Any(name => items[name] is not null);

    /// <summary>The items with their features.</summary>
    /// <exception cref="ArgumentException">An item has none.</exception>
    public static IReadOnlyList<ItemContent> Contents(ItemTable items, IReadOnlyList<FeatureTable> tables)
    {
        var features = items.Ids.ToDictionary(id => id, _ => new Dictionary<Modality, ReadOnlyMemory<float>>());
        foreach (FeatureTable table in tables)
        {
            for (int row = 0; row < table.ItemIds.Count; row++)
            {
                if (!features.TryGetValue(table.ItemIds[row], out var own))
                {
                    throw new ArgumentException($"Expected features of the items alone; those of '{table.Modality}' have "
                        + $"{Shown.Text(table.ItemIds[row])}.", nameof(tables));
                }

                own[table.Modality] = table.Values.Slice(row * table.Dimension, table.Dimension);
            }
        }

        if (items.Ids.FirstOrDefault(id => features[id].Count == 0) is { } empty)
        {
            throw new ArgumentException(
                $"Item {Shown.Text(empty)}: expected fields to make features of, such as words or categories that the model knows; "
                + "it has none.", nameof(items));
        }

        return [.. items.Ids.Select(id => new ItemContent(id, features[id]))];
    }

    /// <summary>The metadata with that of items: of columns that they don't have, what is known of them already.</summary>
    /// <exception cref="ArgumentException">A column that no encoder reads is of another kind.</exception>
    public static ItemMetadata Merge(ServingModel model, ItemTable items)
    {
        ItemMetadata metadata = model.Metadata!.Table;
        ItemMetadata? shown = ItemMetadata.TryOf(items);
        int[] rows = [.. items.Ids.Select(id => metadata.Table.TryGetIndex(id, out int row) ? row : ~0)];
        MetadataColumn Column(MetadataColumn known)
        {
            ItemColumn? given = items[known.Name];
            if (given is null)
                return known.Merge(Empty(known, 1), rows);
            MetadataColumn? own = shown?.Columns.FirstOrDefault(c => c.Name == known.Name);
            if (own is null && given.Kind == ItemColumnKind.Text)
                own = MetadataColumn.Text(given.Name, [.. Enumerable.Range(0, given.Count).Select(given.TextOf)]);
            if (own is null || own.Kind == known.Kind)
                return own ?? Empty(known, items.Count);

            // What one reader takes as text, such as a text encoder, is no mistake where it shows as something else.
            if (given.Kind == ItemColumnKind.Text && model.Encoders!.All.Any(e => e.Columns.Contains(known.Name)))
                return known.Merge(Empty(known, 1), rows);
            throw new ArgumentException(
                $"Expected the column {Shown.Text(known.Name)} of {known.Kind}; got {own.Kind}.", nameof(items));
        }

        return metadata.With(ItemMetadata.Of(items.Ids, [.. metadata.Columns.Select(Column)]));
    }

    private static MetadataColumn Empty(MetadataColumn like, int count) => like.Kind switch
    {
        MetadataKind.Category => MetadataColumn.Category(like.Name, new string?[count]),
        MetadataKind.Number => MetadataColumn.Number(like.Name, new double?[count]),
        MetadataKind.Date => MetadataColumn.Date(like.Name, new DateTimeOffset?[count]),
        _ => MetadataColumn.Text(like.Name, new string?[count]),
    };

    private static IEnumerable<string> Known(ServingModel model)
        => model.Encoders!.All.SelectMany(e => e.Columns).Concat(model.Metadata?.Table.Columns.Select(c => c.Name) ?? []).Distinct();
}
