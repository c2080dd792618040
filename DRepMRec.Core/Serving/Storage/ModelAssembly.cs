using System.Globalization;

namespace DRepMRec.Serving;

/// <summary>Puts a model together from its file's arrays, computing nothing per item but the tables that format 1 lacks.</summary>
internal static class ModelAssembly
{
    public const string FirstUsers = "refresh.first_users";
    public const string FirstItems = "refresh.first_items";
    public const string ItemOffset = "refresh.item_offset";

    public static ServingModel Build(ModelManifest manifest, ModelArrays arrays)
    {
        Block<int> retired = arrays.Has("retired_items") ? arrays.Get<int>("retired_items") : Block<int>.Empty;
        int users = manifest.Users, items = Rows(manifest, retired);
        RowStore userRows = arrays.Rows("user_embeddings", users, manifest.Dimension),
            itemRows = arrays.Rows("item_embeddings", items, manifest.Dimension);
        Block<long> seenOffsets = arrays.Get<long>("seen_offsets", users + 1L);
        Block<int> seenItems = arrays.Get<int>("seen_items");
        ThrowIfWrongEnds(seenOffsets, seenItems.Length, "seen item");
        ModelForm? form = manifest.Form;
        var model = new ServingModel
        {
            Manifest = manifest,
            UserIds = Ids(arrays, "user", users),
            ItemIds = Ids(arrays, "item", items),
            Users = userRows,
            Items = itemRows,
            SeenOffsets = seenOffsets,
            SeenItems = seenItems,
            ItemDegrees = arrays.Has("item_degrees") ? arrays.Get<int>("item_degrees", items) : CountDegrees(seenItems, items),
            UserBehavior = userRows,
            ItemBehavior = itemRows,
            Changes = CatalogueChanges.OfFile(retired.Slice(0, retired.Length), items),
            Calibration = manifest.Calibration is { } calibration ? Calibration.Read(calibration, arrays) : null,
            Encoders = manifest.Encoders is { Count: > 0 } encoders ? ItemEncoders.Read(encoders, form, arrays) : null,
            Metadata = manifest.Metadata is { } metadata ? CatalogueMetadata.Read(metadata, arrays, items) : null,
        };
        int dimension = form?.LineDimension ?? manifest.Dimension;
        if (arrays.Has("fold_in_map"))
        {
            int width = FoldInMap.InputWidth(dimension, form?.Lines is null ? 0 : form.Modalities.Count);
            model = model with { FoldInMap = arrays.Get<float>("fold_in_map", dimension, width) };
        }

        if (manifest.ItemToItem is { } part)
            model = model with { ItemToItem = ItemToItem(arrays, part, items) };
        if (form is { Lines: not null })
            model = WithLines(model, arrays, form, users, items, dimension);
        return manifest.Refresh is { } refresh ? WithFirstLayer(model, arrays, refresh, dimension) : model;
    }

    /// <summary>The learned first layer, where the file has one.</summary>
    private static ServingModel WithFirstLayer(ServingModel model, ModelArrays arrays, RefreshForm form, int dimension)
    {
        if (arrays.Has("seen_weights"))
            model = model with { SeenWeights = arrays.Get<float>("seen_weights", model.SeenItems.Length) };
        if (form.Kind != RefreshKind.Exact)
            return model;
        if (form.Layers < 1 || form.FirstUsers < 0 || form.FirstItems < 0 || form.FirstUsers > model.UserIds.Count
            || form.FirstItems > model.TrainedItems || model.Form is null)
        {
            throw new FormatException($"the manifest has a first layer of {form.FirstUsers} users and {form.FirstItems} items under "
                + $"{form.Layers} layers without sense");
        }

        Block<float> users = arrays.Get<float>(FirstUsers, form.FirstUsers, dimension),
            items = arrays.Get<float>(FirstItems, form.FirstItems, dimension);
        return model.WithFirstLayer(
            form, users, items, form.HasItemOffset ? arrays.Get<float>(ItemOffset, form.FirstItems, dimension) : null);
    }

    private static ServingModel WithLines(
        ServingModel model, ModelArrays arrays, ModelForm form, int users, int items, int dimension)
        => model with
        {
            UserBehavior = arrays.Rows("user_behavior", users, dimension),
            ItemBehavior = arrays.Rows("item_behavior", items, dimension),
            UserModal = [.. form.Modalities.Select(m => arrays.Rows($"user_modal.{m.Name}", users, dimension))],
            ItemModal = [.. form.Modalities.Select(m => arrays.Rows($"item_modal.{m.Name}", items, dimension))],
            Content = form.HasContent ? [.. form.Modalities.Select(m => Content(arrays, m, items, dimension))] : [],
        };

    /// <summary>The number of item rows: the items of the catalogue and the retired ones.</summary>
    private static int Rows(ModelManifest manifest, Block<int> retired)
    {
        long rows = manifest.Items + retired.Length;
        if (rows > int.MaxValue || manifest.TrainedItems is < 0 || manifest.TrainedItems > rows)
        {
            throw new FormatException($"the manifest has {manifest.Items} items and {retired.Length} retired ones, "
                + $"{manifest.TrainedItems?.ToString(CultureInfo.InvariantCulture) ?? "all"} of them trained");
        }

        int previous = -1, trained = manifest.TrainedItems ?? (int)rows;
        for (long n = 0; n < retired.Length; n++)
        {
            if (retired[n] <= previous || retired[n] >= trained)
                throw new FormatException($"the retired items must ascend from 0 to {trained - 1}; {retired[n]} comes after {previous}");
            previous = retired[n];
        }

        return (int)rows;
    }

    private static ContentEncoder Content(ModelArrays arrays, ModalityForm form, int items, int dimension)
    {
        string name = $"content.{form.Name}.";
        return new ContentEncoder(form,
            arrays.Get<float>(name + "mean", form.FeatureDimension),
            arrays.Get<float>(name + "deviation", form.FeatureDimension),
            arrays.Get<float>(name + "projection", dimension, form.FeatureDimension),
            arrays.Get<float>(name + "projection_bias", dimension))
        {
            Gate = form.Gated ? arrays.Get<float>(name + "gate", dimension, dimension) : null,
            GateBias = form.Gated ? arrays.Get<float>(name + "gate_bias", dimension) : null,
            Features = form.Neighbors > 0 ? arrays.Rows(name + "features", items, form.FeatureDimension) : null,
            NeighborValues = form.Neighbors > 0 ? arrays.Rows(name + "neighbor_values", items, dimension) : null,
        };
    }

    private static ItemToItemRows ItemToItem(ModelArrays arrays, ItemToItemForm form, int items)
    {
        Block<long> offsets = arrays.Get<long>("item_to_item_offsets", items + 1L);
        Block<int> targets = arrays.Get<int>("item_to_item_items");
        ThrowIfWrongEnds(offsets, targets.Length, "item-to-item weight");
        return new ItemToItemRows(form, offsets, targets, arrays.Get<float>("item_to_item_weights", targets.Length),
            arrays.Get<float>("item_to_item_residuals", items));
    }

    public static IdTable Ids(ModelArrays arrays, string kind, int count)
    {
        Block<byte> text = arrays.Get<byte>($"{kind}_ids");
        Block<long> offsets = arrays.Get<long>($"{kind}_id_offsets", count + 1L);
        ThrowIfWrongEnds(offsets, text.Length, "id");
        if (!arrays.Has($"{kind}_id_slots"))
            return IdTable.Of(text, offsets);
        return new IdTable(text, offsets, arrays.Get<int>($"{kind}_id_slots", IdTable.SlotCount(count)));
    }

    private static Block<int> CountDegrees(Block<int> seen, int items)
    {
        var degrees = new int[items];
        foreach (int item in seen.Slice(0, seen.Length))
        {
            if ((uint)item >= (uint)items)
                throw new FormatException($"a user has the item with index {item} of {items}");
            degrees[item]++;
        }

        return Block<int>.Copy(degrees);
    }

    public static void ThrowIfWrongEnds(Block<long> offsets, long end, string kind)
    {
        if (offsets[0] != 0 || offsets[offsets.Length - 1] != end)
            throw new FormatException($"the {kind} offsets must go from 0 to {end}, they go from {offsets[0]} to "
                + $"{offsets[offsets.Length - 1]}");
    }
}
