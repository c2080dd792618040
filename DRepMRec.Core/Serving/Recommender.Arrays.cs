using DRepMRec.Data;

namespace DRepMRec.Serving;

public sealed partial class Recommender
{
    /// <summary>Makes a recommender from any representations: the score of a user and an item is the dot product of their rows.</summary>
    /// <param name="userIds">The raw ids of the U users, each once.</param>
    /// <param name="users">
    /// U * D finite numbers, one row after the other. A user is represented by its row, unless all its numbers are 0: then nothing is
    /// known.
    /// </param>
    /// <param name="itemIds">The raw ids of the I items, each once.</param>
    /// <param name="items">I * D finite numbers, one row after the other.</param>
    /// <param name="seen">Each user's items, by places of ids: not recommended, and counted as popularity.</param>
    /// <exception cref="ArgumentException">
    /// Numbers of rows, columns or ids don't fit together, an id is blank or occurs twice, or a number isn't finite.
    /// </exception>
    /// <example>
    /// <code>
    /// var recommender = Recommender.FromEmbeddings(["ann", "bob"], users, ["shoe", "hat", "scarf"], items);
    /// </code>
    /// </example>
    public static Recommender FromEmbeddings(
        IReadOnlyList<string> userIds, ReadOnlySpan<float> users, IReadOnlyList<string> itemIds, ReadOnlySpan<float> items,
        InteractionSet? seen = null)
    {
        ArgumentNullException.ThrowIfNull(userIds);
        ArgumentNullException.ThrowIfNull(itemIds);
        if (userIds.Count == 0 || itemIds.Count == 0)
        {
            throw new ArgumentException(
                $"Expected at least one user and one item, got {userIds.Count} and {itemIds.Count}.", nameof(userIds));
        }
        ThrowIfBlank(userIds, "user", nameof(userIds));
        ThrowIfBlank(itemIds, "item", nameof(itemIds));
        int dimension = users.Length / userIds.Count;
        if (dimension == 0 || users.Length != (long)userIds.Count * dimension || items.Length != (long)itemIds.Count * dimension)
        {
            throw new ArgumentException(
                $"Expected rows of one length for {userIds.Count} users and {itemIds.Count} items; "
                + $"got {users.Length} and {items.Length} numbers.", nameof(users));
        }

        if (seen is not null && (seen.UserCount != userIds.Count || seen.ItemCount != itemIds.Count))
        {
            throw new ArgumentException(
                $"Expected interactions of {userIds.Count} users and {itemIds.Count} items, "
                + $"got those of {seen.UserCount} and {seen.ItemCount}.", nameof(seen));
        }

        var manifest = new ModelManifest(
            ModelManifest.CurrentFormatVersion, ModelManifest.ThisLibrary, "", "", userIds.Count, itemIds.Count, dimension,
            new Dictionary<string, double>())
        {
            BroughtRows = true,
        };
        var history = seen ?? new InteractionSet(userIds.Count, itemIds.Count, []);
        return new Recommender(FoldInMap.AddTo(ServingModel.OfFusedRows(
            manifest, userIds, itemIds, RowStore.Of(users.ToArray(), dimension), RowStore.Of(items.ToArray(), dimension), history)));
    }

    private static void ThrowIfBlank(IReadOnlyList<string> ids, string kind, string parameter)
    {
        for (int n = 0; n < ids.Count; n++)
        {
            if (string.IsNullOrWhiteSpace(ids[n]))
                throw new ArgumentException($"The id of the {kind} with index {n} is blank.", parameter);
        }
    }
}
