using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>A catalogue in which the items that came after the file stand behind those of the file, as if they had come with it.</summary>
internal static class GrownCatalogue
{
    /// <summary>
    /// The model without the rows of items that came after the training and are retired. A file that is written hasn't them either: such
    /// an item is new when it comes again, and its id must have one row.
    /// </summary>
    public static ServingModel WithoutForgotten(ServingModel model)
    {
        int trained = model.TrainedItems;
        if (!model.Changes.HiddenRows().Any(row => row >= trained))
            return model;
        int[] rows = [.. Enumerable.Range(0, model.ItemRows).Where(row => row < trained || !model.Changes.IsHidden(row))];
        ServingModel kept = model.WithItemRows(store => store.Select(rows)) with
        {
            ItemIds = IdTable.Of(rows.Select(model.ItemId)),
            ItemDegrees = Block<int>.Copy([.. rows.Select(model.Degree)]),
            ItemToItem = model.ItemToItem?.Select(rows),
            Changes = CatalogueChanges.OfFile([.. model.Changes.HiddenRows().Where(row => row < trained)], rows.Length),
            Metadata = model.Metadata?.Settle(rows, []),
        };
        return kept with
        {
            Propagation = kept.FirstLayer is { } first
                ? new Once<PropagatedRows>(() => PropagatedRows.Of(first, kept.Histories, rows.Length)) : null,
        };
    }

    /// <param name="model">The model, <see cref="WithoutForgotten"/> ones.</param>
    /// <param name="itemIds">Items that it doesn't know at all: they get rows of zeros.</param>
    public static ServingModel Of(ServingModel model, IReadOnlyCollection<string> itemIds)
    {
        CatalogueChanges changes = model.Changes;
        if (itemIds.Count == 0 && changes.AddedIds.Length == 0 && changes.Replaced.Length == 0)
            return model;
        int rows = model.ItemRows + itemIds.Count;
        int[] hidden = [.. changes.HiddenRows()];
        var degrees = new int[rows];
        model.ItemDegrees.Slice(0, model.ItemDegrees.Length).CopyTo(degrees);
        return model.WithItemRows(store => store.Flatten(rows)) with
        {
            Manifest = model.Manifest with { TrainedItems = model.TrainedItems },
            ItemIds = model.ItemIds.With([.. changes.AddedIds, .. itemIds]),
            ItemDegrees = Block<int>.Copy(degrees),
            ItemToItem = model.ItemToItem?.Flatten(rows),
            Changes = CatalogueChanges.OfFile(hidden, rows),
            Metadata = model.Metadata?.Settle(Enumerable.Range(0, model.ItemRows), itemIds),
        };
    }
}
