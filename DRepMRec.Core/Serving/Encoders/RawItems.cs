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

    /// <summary>The metadata with that of new items.</summary>
    public static ItemMetadata Merge(ItemMetadata metadata, ItemTable items)
    {
        ItemMetadata? newer = ItemMetadata.TryOf(items);
        int count = items.Count;
        MetadataColumn Column(MetadataColumn known)
            => newer?.Columns.FirstOrDefault(c => c.Name == known.Name) is { } own
                ? own.Kind == known.Kind ? own : throw new ArgumentException(
                    $"Expected the column {Shown.Text(known.Name)} of {known.Kind}; got {own.Kind}.", nameof(items))
                : known.Kind switch
                {
                    MetadataKind.Category => MetadataColumn.Category(known.Name, new string?[count]),
                    MetadataKind.Number => MetadataColumn.Number(known.Name, new double?[count]),
                    MetadataKind.Date => MetadataColumn.Date(known.Name, new DateTimeOffset?[count]),
                    _ => MetadataColumn.Text(known.Name, new string?[count]),
                };
        return metadata.With(ItemMetadata.Of(items.Ids, [.. metadata.Columns.Select(Column)]));
    }

    private static IEnumerable<string> Known(ServingModel model)
        => model.Encoders!.All.SelectMany(e => e.Columns).Concat(model.Metadata?.Table.Columns.Select(c => c.Name) ?? []).Distinct();
}
