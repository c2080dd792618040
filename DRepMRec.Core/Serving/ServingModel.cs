using DRepMRec.Data;
using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>The arrays of a recommender and the later changes of its catalogue. Immutable; snapshots share arrays.</summary>
/// <remarks>
/// Items are known by their rows. The first rows are those of the items that were in training: they keep their rows for ever, whether they
/// are replaced, retired or put back, so that histories and numbers of users stay true. Items that were added later follow; a retired one
/// of these is forgotten, and comes last when it's added again. One that gets interactions is of the training from then on, as are those
/// in front of it.
/// </remarks>
internal sealed record ServingModel
{
    public required ModelManifest Manifest { get; init; }

    /// <summary>The name by which an application serves it, for metrics and traces.</summary>
    public string? ServedAs { get; init; }

    /// <summary>Whether requests are measured; those that warm a model up are nobody's.</summary>
    public bool IsMeasured { get; init; } = true;

    public required IdTable UserIds { get; init; }

    /// <summary>The ids of the items of the file.</summary>
    public required IdTable ItemIds { get; init; }

    /// <summary>Fused rows of users.</summary>
    public required RowStore Users { get; init; }

    /// <summary>Fused rows of items.</summary>
    public required RowStore Items { get; init; }

    public required Block<long> SeenOffsets { get; init; }

    /// <summary>The training items of all users, one user after the other, ascending within a user.</summary>
    public required Block<int> SeenItems { get; init; }

    /// <summary>How much each of these items counts, its confidence; <see langword="null"/> for 1 each.</summary>
    public Block<float>? SeenWeights { get; init; }

    /// <summary>The items of all users, newer ones than the file's included.</summary>
    public EdgeRows Histories
    {
        get => field ??= new EdgeRows(SeenOffsets, SeenItems, SeenWeights);
        init;
    }

    /// <summary>What training learned before propagation; <see langword="null"/> where the file lacks it.</summary>
    public FirstLayer? FirstLayer { get; init; }

    /// <summary>The propagation over the graph, made when it's first asked for; <see langword="null"/> without a first layer.</summary>
    public Once<PropagatedRows>? Propagation { get; init; }

    /// <summary>The rows of users where they follow from newer interactions; <see langword="null"/> where they are the file's.</summary>
    public UserRows? UserRows { get; init; }

    /// <summary>What became of interactions since the file.</summary>
    public RefreshCounts RefreshCounts { get; init; } = new();

    /// <summary>The number of users of each item of the file.</summary>
    public required Block<int> ItemDegrees
    {
        get;
        init
        {
            field = value;
            Popularity = new PopularityOrder(value);
        }
    }

    /// <summary>The items of the file by their numbers of users.</summary>
    public PopularityOrder Popularity { get; private init; } = new(Block<int>.Empty);

    /// <summary>The behaviour line of users; the fused rows where there is nothing else.</summary>
    public required RowStore UserBehavior { get; init; }

    public required RowStore ItemBehavior { get; init; }

    public IReadOnlyList<RowStore> UserModal { get; init; } = [];

    public IReadOnlyList<RowStore> ItemModal { get; init; } = [];

    /// <summary>[D, inputs]: the map from a history's input to a user's behaviour row.</summary>
    public Block<float>? FoldInMap { get; init; }

    /// <summary>One per modality, or none.</summary>
    public IReadOnlyList<ContentEncoder> Content { get; init; } = [];

    /// <summary>The item-to-item part beside the lines, if there is one.</summary>
    public ItemToItemRows? ItemToItem { get; init; }

    public CatalogueChanges Changes { get; init; } = CatalogueChanges.None;

    /// <summary>From scores to probabilities.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>What is known of items beside what they're ranked by.</summary>
    public CatalogueMetadata? Metadata { get; init; }

    /// <summary>What made the features of items of their raw fields.</summary>
    public ItemEncoders? Encoders { get; init; }

    /// <summary>A model of fused rows alone.</summary>
    /// <exception cref="ArgumentException">A number isn't finite, or an id occurs twice.</exception>
    public static ServingModel OfFusedRows(
        ModelManifest manifest, IReadOnlyList<string> userIds, IReadOnlyList<string> itemIds, RowStore users, RowStore items,
        InteractionSet seen)
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

    /// <summary>The model with the first layer that propagation begins with.</summary>
    /// <param name="form">How many layers there are.</param>
    /// <param name="users">The first rows of users, one after the other.</param>
    /// <param name="items">The first rows of items.</param>
    /// <param name="itemOffset">What is added to the rows of these items; <see langword="null"/> for nothing.</param>
    public unsafe ServingModel WithFirstLayer(RefreshForm form, Block<float> users, Block<float> items, Block<float>? itemOffset)
    {
        int width = Form!.LineDimension;
        var first = new FirstLayer(form.Layers, PagedRows.Over(users.Pointer, users, form.FirstUsers, width),
            PagedRows.Over(items.Pointer, items, form.FirstItems, width))
        {
            ItemOffset = itemOffset is null ? null : PagedRows.Over(itemOffset.Pointer, itemOffset, form.FirstItems, width),
            OffsetsColdItems = form.OffsetsColdItems,
        };
        ServingModel model = this with { FirstLayer = first, Manifest = Manifest with { Refresh = form } };
        return model with
        {
            Propagation = new Once<PropagatedRows>(() => PropagatedRows.Of(first, model.Histories, model.ItemIds.Count)),
        };
    }

    /// <summary>The model with all rows of items, those of their content included, in another form.</summary>
    public ServingModel WithItemRows(Func<RowStore, RowStore> form)
    {
        RowStore fused = form(Items);
        return this with
        {
            Items = fused,
            ItemBehavior = ReferenceEquals(Items, ItemBehavior) ? fused : form(ItemBehavior),
            ItemModal = [.. ItemModal.Select(form)],
            Content = [.. Content.Select(content => content with
            {
                Features = content.Features is { } features ? form(features) : null,
                NeighborValues = content.NeighborValues is { } values ? form(values) : null,
            })],
        };
    }

    /// <summary>How lines are fused; <see langword="null"/> where the file has fused rows alone.</summary>
    public ModelForm? Form => Manifest.Form;

    /// <summary>The number of items of the training, with those that have got interactions since and those in front of them.</summary>
    public int TrainedItems => Manifest.TrainedItems ?? ItemIds.Count;

    /// <summary>The number of item rows, rows that aren't offered included.</summary>
    public int ItemRows => Items.Count;

    /// <summary>The number of items that are offered.</summary>
    public int ItemCount => ItemRows - Changes.HiddenCount;

    public string ItemId(int row) => row < ItemIds.Count ? ItemIds[row] : Changes.AddedIds[row - ItemIds.Count];

    /// <summary>Finds an item of the catalogue.</summary>
    public bool TryGetItem(string id, out int row)
        => Changes.TryGetAdded(id, out row) || (ItemIds.TryGetIndex(id, out row) && !Changes.IsHidden(row));

    /// <summary>The row that an item has or, being retired, would have again; -1 for one that would be new.</summary>
    public int RowFor(string id) => TryGetItem(id, out int row) || (row >= 0 && row < TrainedItems) ? row : -1;

    /// <summary>The items that a user has in training.</summary>
    public ReadOnlySpan<int> Seen(int user) => Histories.Of(user);

    /// <summary>
    /// Whether a user's row is to be ranked by: it isn't zero, as that of a newcomer is whose items are new too, and where it was trained,
    /// it had something in training, as else no gradient has touched it.
    /// </summary>
    public bool HasRow(int user) => Knows(user) && Users[user].ContainsAnyExcept(0f);

    /// <summary>The row that a user is ranked by, which may have to be computed; <see langword="null"/> for none.</summary>
    public float[]? RowOf(int user) => Knows(user) && Users[user].ToArray() is var row && row.AsSpan().ContainsAnyExcept(0f) ? row : null;

    /// <summary>Whether anything is known of a user: rows that were brought say so, or something in training.</summary>
    public bool Knows(int user) => Manifest.BroughtRows || Seen(user).Length > 0;

    /// <summary>The number of users of an item. One that is replaced or put back keeps them.</summary>
    public int Degree(int row) => row < ItemIds.Count ? ItemDegrees[row] : 0;
}
