using DRepMRec.ItemToItem;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>The weight of the item-to-item part that stands beside the representations; 0 where there is none.</summary>
    public double ItemToItemWeight => _model.ItemToItem?.Form.Weight ?? 0;

    /// <summary>The weight of the items' popularity beside it; 0 where it doesn't count.</summary>
    public double PopularityWeight => _model.ItemToItem?.Form.PopularityWeight ?? 0;

    /// <summary>
    /// Makes a recommender with an item-to-item part and the items' popularity beside its representations, or in place of those that it
    /// has; with weights of 0, one without. <c>BuildRecommender</c> does that by itself for a model that has them.
    /// </summary>
    /// <remarks>
    /// A user's score gets the mean of what the items of the history say, those of the training for known users, those of the request for
    /// others, and the popularity of the item in training. Items that <see cref="WithItems(IReadOnlyCollection{ItemContent})"/> adds later
    /// are spoken for by their content where the model has relation graphs, and as popular as a mean one. A <see cref="Calibration"/>
    /// isn't kept where scores change.
    /// </remarks>
    /// <param name="blend">The part, for the users and items of this recommender, in their order; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">
    /// Numbers of users or items differ, or the recommender was made without the interactions that a part speaks by.
    /// </exception>
    /// <exception cref="InvalidOperationException">Items have been added since training.</exception>
    /// <example>
    /// <code>
    /// Recommender recommender = Recommender.FromEmbeddings(userIds, users, itemIds, items, data.Train).WithItemToItem(blend);
    /// </code>
    /// </example>
    public Recommender WithItemToItem(ItemToItemBlend? blend)
    {
        ServingModel model = GrownCatalogue.WithoutForgotten(_model);
        if (blend is not null && model.ItemRows != model.TrainedItems)
        {
            throw new InvalidOperationException($"Expected the {model.TrainedItems} items of the training, {model.ItemRows} are there: "
                + "put the item-to-item part in first.");
        }

        if (blend is not null && (blend.Part.UserCount != model.UserIds.Count || blend.Part.ItemCount != model.ItemRows))
        {
            throw new ArgumentException($"Expected an item-to-item part for {model.UserIds.Count} users and {model.ItemRows} items, "
                + $"got one for {blend.Part.UserCount} and {blend.Part.ItemCount}.", nameof(blend));
        }

        if (blend is { IsEmpty: false } && model.SeenItems.Length == 0 && blend.Part.Weights.Values.Length > 0)
        {
            throw new ArgumentException("Expected a recommender with the interactions that the part was solved for, as it speaks by the "
                + $"history of each user, got one without any: give them to {nameof(FromEmbeddings)} as seen.", nameof(blend));
        }

        ItemToItemRows? part = ItemToItemRows.Of(blend);
        if (part is null && model.ItemToItem is null)
            return this;
        var result = new Recommender(model with
        {
            ItemToItem = part,
            Calibration = null,
            Manifest = model.Manifest with { ItemToItem = part?.Form, DataChecksum = "" },
        });
        GC.KeepAlive(this);
        return result;
    }
}
