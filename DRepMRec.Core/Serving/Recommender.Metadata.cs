using DRepMRec.Internals;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>What is known of the items beside what they're ranked by, or <see langword="null"/>.</summary>
    public ItemMetadata? Metadata => _model.Metadata?.Table;

    /// <summary>
    /// Makes a recommender with metadata of its items, in the place of any that there was: requests filter, boost and limit by it, and the
    /// file has it. This one stays as it is. Items come and go as before; one that is added has the metadata of its id. Takes time in
    /// proportion to all items.
    /// </summary>
    /// <param name="metadata">
    /// The metadata by raw item id, or <see langword="null"/> for none. Items without any have no values; those that the catalogue doesn't
    /// have are kept until it does.
    /// </param>
    /// <exception cref="ArgumentException">There are items on both sides, and none of them is the same.</exception>
    public Recommender WithMetadata(ItemMetadata? metadata)
    {
        ThrowIfOfOthers(metadata);
        return Described(metadata);
    }

    private Recommender Described(ItemMetadata? metadata)
    {
        var result = new Recommender(_model with
        {
            Metadata = metadata is null ? null : CatalogueMetadata.Of(_model, metadata),
            Manifest = _model.Manifest with { DataChecksum = "" },
        });
        GC.KeepAlive(metadata);
        GC.KeepAlive(this);
        return result;
    }

    private void ThrowIfOfOthers(ItemMetadata? metadata)
    {
        if (metadata is { Count: > 0 } && Items.Count > 0 && !Items.Any(item => metadata.Table.TryGetIndex(item, out _)))
        {
            throw new ArgumentException(
                $"Expected metadata of items of the model, such as {Shown.Text(Items.First())}, found none: they are of others, such as "
                + $"{Shown.Text(metadata.Table[0])}; ids must agree in every character.", nameof(metadata));
        }
    }
}
