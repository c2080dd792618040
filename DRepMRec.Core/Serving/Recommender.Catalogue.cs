namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>Makes a recommender with items added, or replaced where known, by features alone. This one stays as it is.</summary>
    /// <remarks>
    /// A new item gets what the modal line makes of its features and no behaviour, and comes last in the catalogue. An item of the training
    /// that is replaced, or put back after it was retired, keeps its behaviour, its users, its place in histories and its place in the
    /// catalogue. Items are encoded against the catalogue before the call, not against each other. Takes time in proportion to the items
    /// that have changed since the file was written, to the features of all items for every 48 that are added (their neighbours are
    /// sought among them), and to all item-to-item weights for each that is added: add many at once rather than one by one, and
    /// <see cref="Save"/> and <see cref="Load"/> from time to time, which changes no answer.
    /// </remarks>
    /// <param name="items">The items, each id once.</param>
    /// <exception cref="InvalidOperationException">The model has no modal line, or was saved without its content form.</exception>
    /// <exception cref="ArgumentException">
    /// An id is blank, isn't Unicode text or occurs twice, or features are missing, of another number, not finite, or such that the item's
    /// representation wouldn't be finite.
    /// </exception>
    public Recommender WithItems(IReadOnlyCollection<ItemContent> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var result = new Recommender(CatalogueUpdate.Add(_model, items));
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>Makes a recommender without the given items. Representations of users stay as trained.</summary>
    /// <remarks>
    /// The interactions of a training item are kept, in the file too, for when <see cref="WithItems(IReadOnlyCollection{ItemContent})"/>
    /// puts it back.
    /// </remarks>
    /// <param name="itemIds">The raw ids; unknown ones are passed over.</param>
    public Recommender WithoutItems(IReadOnlyCollection<string> itemIds)
    {
        ArgumentNullException.ThrowIfNull(itemIds);
        var result = new Recommender(CatalogueUpdate.Remove(_model, itemIds));
        GC.KeepAlive(this);
        return result;
    }
}
