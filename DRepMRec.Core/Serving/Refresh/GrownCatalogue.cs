namespace DRepMRec.Serving;

/// <summary>A catalogue in which the items that came after the file stand behind those of the file, in rows for ever.</summary>
internal static class GrownCatalogue
{
    /// <param name="model">The model.</param>
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
        RowStore fused = model.Items.Flatten(rows);
        ServingModel grown = model with
        {
            ItemIds = model.ItemIds.With([.. changes.AddedIds, .. itemIds]),
            ItemDegrees = Block<int>.Copy(degrees),
            Items = fused,
            ItemBehavior = ReferenceEquals(model.Items, model.ItemBehavior) ? fused : model.ItemBehavior.Flatten(rows),
            ItemModal = [.. model.ItemModal.Select(line => line.Flatten(rows))],
            Content = [.. model.Content.Select(content => content with
            {
                Features = content.Features?.Flatten(rows),
                NeighborValues = content.NeighborValues?.Flatten(rows),
            })],
            ItemToItem = model.ItemToItem?.Flatten(rows),
            Changes = CatalogueChanges.OfFile(hidden, rows),
        };
        return grown with { Metadata = grown.Metadata is { } metadata ? CatalogueMetadata.Of(grown, metadata.Table) : null };
    }
}
