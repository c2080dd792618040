using System.Numerics.Tensors;
using DRepMRec.Data;

namespace DRepMRec.Serving;

/// <summary>Makes the model of a changed catalogue.</summary>
internal static class CatalogueUpdate
{
    public static ServingModel Add(ServingModel model, IReadOnlyCollection<ItemContent> items)
    {
        if (model.Content.Count == 0 || model.Form is not { } form)
            throw new InvalidOperationException("This model can't encode the features of new items: it has no modal line, its gates or fusion can't be taken out of libtorch, or it was built without a content form (RecommenderOptions).");
        if (items.Count == 0)
            return model;
        Check(model, items);
        return Rebuild(model, [.. items.Select(item => Encode(model, form, item))], []);
    }

    public static ServingModel Remove(ServingModel model, IReadOnlyCollection<string> ids)
    {
        var retired = new HashSet<int>();
        foreach (string id in ids)
        {
            ArgumentNullException.ThrowIfNull(id, nameof(ids));
            if (model.TryGetItem(id, out int item))
                retired.Add(item);
        }

        return retired.Count == 0 ? model : Rebuild(model, [], retired);
    }

    /// <summary>Rows of the file are hidden; added ones that are replaced or retired are gone, so that however often an item changes, nothing grows.</summary>
    private static ServingModel Rebuild(ServingModel model, Encoded[] encoded, HashSet<int> gone)
    {
        gone.UnionWith(encoded.Select(e => e.Current).Where(c => c >= 0));
        int fileRows = model.ItemIds.Count;
        CatalogueChanges before = model.Changes;
        int[] kept = [.. Enumerable.Range(fileRows, before.AddedIds.Length).Where(row => !gone.Contains(row))];
        RowStore With(RowStore rows, Func<Encoded, float[]> row) => rows.With(kept, [.. encoded.Select(row)]);
        return model with
        {
            Changes = new CatalogueChanges(
                before.Hidden.Union(gone.Where(row => row < fileRows)),
                [.. kept.Select(row => before.AddedIds[row - fileRows]), .. encoded.Select(e => e.Id)],
                [.. kept.Select(row => before.Replaced[row - fileRows]), .. encoded.Select(e => model.ItemIds.TryGetIndex(e.Id, out int original) ? original : -1)],
                fileRows),
            Items = With(model.Items, e => e.Fused),
            ItemBehavior = model.Form is null ? With(model.ItemBehavior, e => e.Fused) : With(model.ItemBehavior, e => e.Behavior),
            ItemModal = [.. model.ItemModal.Select((rows, m) => With(rows, e => e.Modal[m]))],
            Content = [.. model.Content.Select((content, m) => content with
            {
                Features = content.Features is null ? null : With(content.Features, e => e.Content[m]?.Features ?? new float[content.Form.FeatureDimension]),
                NeighborValues = content.NeighborValues is null ? null : With(content.NeighborValues, e => e.Content[m]?.NeighborValue ?? new float[content.ProjectionBias.Length]),
            })],
        };
    }

    private static Encoded Encode(ServingModel model, ModelForm form, ItemContent item)
    {
        int current = model.TryGetItem(item.Id, out int found) ? found : -1;
        EncodedContent?[] content = [.. model.Content.Select(c => item.Features.TryGetValue(new Modality(c.Form.Name), out ReadOnlyMemory<float> features)
            ? c.Encode(features.Span, index => index != current && !model.Changes.IsHidden(index)) : null)];
        if (content.All(c => c is null))
            throw new ArgumentException($"Item '{item.Id}': expected features that aren't all 0.", nameof(item));
        double weights = content.Select((c, m) => c is null ? 0 : model.Content[m].Form.Weight).Sum();
        float[][] modal = [.. content.Select((c, m) =>
        {
            var row = new float[form.LineDimension];
            if (c is not null && weights > 0)
                TensorPrimitives.Multiply(c.Row, (float)(model.Content[m].Form.Weight / weights), row);
            return row;
        })];
        float[] behavior = current >= 0 ? model.ItemBehavior[current].ToArray() : new float[form.LineDimension];
        return new Encoded(item.Id, current, LineFusion.Sum(LineFusion.Parts(form, behavior, modal, isUser: false)), behavior, modal, content);
    }

    private static void Check(ServingModel model, IReadOnlyCollection<ItemContent> items)
    {
        Dictionary<Modality, int> dimensions = model.Content.ToDictionary(c => new Modality(c.Form.Name), c => c.Form.FeatureDimension);
        var ids = new HashSet<string>();
        foreach (ItemContent item in items)
        {
            if (item is null || string.IsNullOrWhiteSpace(item.Id))
                throw new ArgumentException("An item's id is blank.", nameof(items));
            if (!ids.Add(item.Id))
                throw new ArgumentException($"Each item must occur once; '{item.Id}' is there twice.", nameof(items));
            if (item.Features is null || item.Features.Count == 0)
                throw new ArgumentException($"Item '{item.Id}': expected features of at least one of {string.Join(", ", dimensions.Keys)}.", nameof(items));
            foreach (var (modality, features) in item.Features)
            {
                if (!dimensions.TryGetValue(modality, out int dimension))
                    throw new ArgumentException($"Item '{item.Id}': the model knows {string.Join(", ", dimensions.Keys)}, not '{modality}'.", nameof(items));
                if (features.Length != dimension)
                    throw new ArgumentException($"Item '{item.Id}': expected {dimension} features of '{modality}', got {features.Length}.", nameof(items));
                if (!TensorPrimitives.IsFiniteAll(features.Span))
                    throw new ArgumentException($"Item '{item.Id}': the features of '{modality}' must be finite numbers.", nameof(items));
            }
        }
    }

    private sealed record Encoded(string Id, int Current, float[] Fused, float[] Behavior, float[][] Modal, EncodedContent?[] Content);
}
