using DRepMRec.Data;

namespace DRepMRec.Serving;

/// <summary>The arrays of a recommender, and what has changed in its catalogue since they were written. Immutable; snapshots share what they have in common.</summary>
/// <remarks>Items have the indices of the file; added ones follow. An item of the file that is replaced is an added one with the same id, and the old row is hidden.</remarks>
internal sealed record ServingModel
{
    public required ModelManifest Manifest { get; init; }

    public required IdTable UserIds { get; init; }

    public required IdTable ItemIds { get; init; }

    /// <summary>Fused rows of users.</summary>
    public required RowStore Users { get; init; }

    /// <summary>Fused rows of items.</summary>
    public required RowStore Items { get; init; }

    public required Block<long> SeenOffsets { get; init; }

    /// <summary>The training items of all users, one user after the other, ascending within a user.</summary>
    public required Block<int> SeenItems { get; init; }

    /// <summary>The number of users of each item of the file.</summary>
    public required Block<int> ItemDegrees { get; init; }

    /// <summary>The behaviour line of users; the fused rows where there is nothing else.</summary>
    public required RowStore UserBehavior { get; init; }

    public required RowStore ItemBehavior { get; init; }

    public IReadOnlyList<RowStore> UserModal { get; init; } = [];

    public IReadOnlyList<RowStore> ItemModal { get; init; } = [];

    /// <summary>[D, inputs]: from what a history says to what a user's behaviour row is.</summary>
    public Block<float>? FoldInMap { get; init; }

    /// <summary>One per modality, or none.</summary>
    public IReadOnlyList<ContentEncoder> Content { get; init; } = [];

    public CatalogueChanges Changes { get; init; } = CatalogueChanges.None;

    /// <summary>A model of fused rows alone.</summary>
    /// <exception cref="ArgumentException">A number isn't finite, or an id occurs twice.</exception>
    public static ServingModel OfFusedRows(
        ModelManifest manifest, IReadOnlyList<string> userIds, IReadOnlyList<string> itemIds, RowStore users, RowStore items, InteractionSet seen)
    {
        var model = new ServingModel
        {
            Manifest = manifest,
            UserIds = IdTable.Of(userIds),
            ItemIds = IdTable.Of(itemIds),
            Users = users,
            Items = items,
            SeenOffsets = Block<long>.Copy(Array.ConvertAll(seen.Offsets.ToArray(), o => (long)o)),
            SeenItems = Block<int>.Copy(seen.Items),
            ItemDegrees = Block<int>.Copy(seen.ItemDegrees()),
            UserBehavior = users,
            ItemBehavior = items,
        };
        try
        {
            ModelVerification.Verify(model);
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"The model can't be served: {e.Message}.", e);
        }

        return model;
    }

    /// <summary>How lines are fused; <see langword="null"/> where the file has fused rows alone.</summary>
    public ModelForm? Form => Manifest.Form;

    /// <summary>The number of item rows, hidden ones included.</summary>
    public int ItemRows => Items.Count;

    public int ItemCount => ItemRows - Changes.Hidden.Count;

    public string ItemId(int index) => index < ItemIds.Count ? ItemIds[index] : Changes.AddedIds[index - ItemIds.Count];

    public bool TryGetItem(string id, out int index)
        => Changes.TryGetAdded(id, out index) || (ItemIds.TryGetIndex(id, out index) && !Changes.IsHidden(index));

    /// <summary>The items a user has in training, by their indices in the file.</summary>
    public ReadOnlySpan<int> Seen(int user)
    {
        long from = SeenOffsets[user];
        return SeenItems.Slice(from, SeenOffsets[user + 1L] - from);
    }

    /// <summary>The number of users of an item; an item that was replaced keeps them.</summary>
    public int Degree(int index) => index < ItemIds.Count ? ItemDegrees[index] : Changes.Replaced[index - ItemIds.Count] is >= 0 and int original ? ItemDegrees[original] : 0;
}
