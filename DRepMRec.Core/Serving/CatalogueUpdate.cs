using System.Numerics.Tensors;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Makes the model of a changed catalogue.</summary>
internal static class CatalogueUpdate
{
    public static ServingModel Add(ServingModel model, IReadOnlyCollection<ItemContent> items)
    {
        if (model.Content.Count == 0 || model.Form is not { } form)
        {
            throw new InvalidOperationException(
                "This model can't encode the features of new items: it has no modal line, its gates or fusion can't be taken out of "
                + "libtorch, or it was built without a content form (RecommenderOptions).");
        }

        ItemContent[] once = [.. items]; // What is checked is what goes in, also where others put more into the collection.
        if (once.Length == 0)
            return model;
        ItemCheck.ThrowIfInvalid(model, once);
        return Rebuild(model, [.. once.Chunk(RowScan.MaxQueries).SelectMany(block => Encode(model, form, block))], []);
    }

    public static ServingModel Remove(ServingModel model, IReadOnlyCollection<string> ids)
    {
        var retired = new HashSet<int>();
        foreach (string id in ids)
        {
            if (id is null)
                throw new ArgumentNullException("itemIds", "An item's id is null.");
            if (model.TryGetItem(id, out int row))
                retired.Add(row);
        }

        return retired.Count == 0 ? model : Rebuild(model, [], retired);
    }

    /// <summary>
    /// Items of the file are replaced, hidden and shown in their rows, which stay when they are retired, as histories go by them. Added
    /// ones are replaced in their rows too; retired, they are gone, so that nothing grows however often an item comes and goes.
    /// </summary>
    private static ServingModel Rebuild(ServingModel model, Encoded[] encoded, HashSet<int> retired)
    {
        int fileRows = model.ItemIds.Count;
        CatalogueChanges before = model.Changes;
        Dictionary<int, Encoded> byRow = encoded.Where(e => e.Row >= 0).ToDictionary(e => e.Row);
        Source From(int row) => new(row, byRow.GetValueOrDefault(row));
        int[] replaced = [.. before.Replaced.Union(byRow.Keys.Where(row => row < fileRows)).Order()];
        int[] keptAdded = [.. Enumerable.Range(fileRows, before.AddedIds.Length).Where(row => !retired.Contains(row))];
        Encoded[] brandNew = [.. encoded.Where(e => e.Row < 0)];
        Source[] replacements = [.. replaced.Select(From)], added = [.. keptAdded.Select(From), .. brandNew.Select(e => new Source(-1, e))];

        RowStore With(RowStore rows, Func<Encoded, float[]> row)
            => rows.With(replaced, Gather(rows, replacements, row), Gather(rows, added, row));
        CatalogueChanges changes = before.Next(
            [.. retired.Where(row => row < fileRows)],
            [.. byRow.Keys.Where(before.IsHidden)],
            replaced,
            [.. keptAdded.Select(row => before.AddedIds[row - fileRows]), .. brandNew.Select(e => e.Id)],
            fileRows);
        ServingModel changed = model with
        {
            Changes = changes,
            Items = With(model.Items, e => e.Fused),
            ItemBehavior = With(model.ItemBehavior, e => e.Behavior),
            ItemModal = [.. model.ItemModal.Select((rows, m) => With(rows, e => e.Modal[m]))],
            Content = [.. model.Content.Select((content, m) => content with
            {
                Features = content.Features is null ? null
                    : With(content.Features, e => e.Content[m]?.Features ?? new float[content.Form.FeatureDimension]),
                NeighborValues = content.NeighborValues is null ? null
                    : With(content.NeighborValues, e => e.Content[m]?.NeighborValue ?? new float[content.ProjectionBias.Length]),
            })],
            ItemToItem = model.ItemToItem is { } part
                ? part.With(encoded.Where(e => e.Row >= 0 && e.Row < fileRows).OrderBy(e => e.Row).Select(e => (e.Row, e.ItemToItem))) with
                {
                    Added = [.. added.Select(source => WeightsOf(part, source))],
                }
                : null,
        };
        return changed with
        {
            Manifest = changed.Manifest with { Items = changed.ItemCount, DataChecksum = "" },
            Metadata = changed.Metadata?.After(changed),
        };
    }

    /// <summary>An item that was added before keeps the weights that it came with, unless it came without any.</summary>
    private static AddedWeights? WeightsOf(ItemToItemRows part, Source source)
        => source.Row < 0 ? source.New!.ItemToItem : source.New?.ItemToItem ?? part.Added[source.Row - part.FileRows];

    private static float[] Gather(RowStore rows, Source[] sources, Func<Encoded, float[]> row)
    {
        long length = (long)sources.Length * rows.Width;
        if (length > Array.MaxLength)
            throw new InvalidOperationException(
                $"{sources.Length} items have changed since the file was written, more than are kept beside it: save the recommender and "
                    + "load it first.");
        var values = new float[length];
        for (int n = 0; n < sources.Length; n++)
            (sources[n].New is { } encoded ? row(encoded) : rows[sources[n].Row]).CopyTo(values.AsSpan(n * rows.Width));
        return values;
    }

    private static IEnumerable<Encoded> Encode(ServingModel model, ModelForm form, ItemContent[] items)
    {
        int[] rows = [.. items.Select(item => model.RowFor(item.Id))];
        EncodedContent?[] Content(ContentEncoder encoder)
        {
            var modality = new Modality(encoder.Form.Name);
            return encoder.Encode([.. items.Select(item => item.Features.GetValueOrDefault(modality))],
                (place, other) => other != rows[place] && !model.Changes.IsHidden(other));
        }

        EncodedContent?[][] content = [.. model.Content.Select(Content)];
        return items.Select((item, place) => Encode(model, form, item, rows[place], [.. content.Select(of => of[place])]));
    }

    private static Encoded Encode(ServingModel model, ModelForm form, ItemContent item, int row, EncodedContent?[] content)
    {
        if (content.All(c => c is null))
            throw new ArgumentException($"Item {Shown.Text(item.Id)}: expected features that aren't all 0.", "items");
        double weights = content.Select((c, m) => c is null ? 0 : model.Content[m].Form.Weight).Sum();
        if (weights == 0)
        {
            string modalities = Shown.List(model.Content.Where((_, m) => content[m] is not null).Select(c => $"'{c.Form.Name}'"));
            throw new ArgumentException($"Item {Shown.Text(item.Id)}: expected features of a modality that weighs something in this model; "
                + $"got those of {modalities}, which weigh nothing.", "items");
        }

        float[][] modal = [.. content.Select((c, m) =>
        {
            var line = new float[form.LineDimension];
            if (c is not null)
                TensorPrimitives.Multiply(c.Row, (float)(model.Content[m].Form.Weight / weights), line);
            return line;
        })];
        for (int m = 0; m < content.Length; m++)
        {
            if (content[m] is { IsFinite: false } || !TensorPrimitives.IsFiniteAll<float>(modal[m]))
                throw new ArgumentException($"Item {Shown.Text(item.Id)}: what the model makes of the features of "
                    + $"'{model.Content[m].Form.Name}' isn't finite.", "items");
        }

        float[] behavior = row >= 0 ? model.ItemBehavior[row].ToArray() : new float[form.LineDimension];
        float[] fused = LineFusion.Sum(LineFusion.Parts(form, behavior, modal, isUser: false));
        if (!TensorPrimitives.IsFiniteAll<float>(fused))
            throw new ArgumentException($"Item {Shown.Text(item.Id)}: what the model makes of its features isn't finite.", "items");
        AddedWeights? itemToItem = row < 0 || NewItemWeights.IsNew(model, row) ? NewItemWeights.Of(model, content) : null;
        return new Encoded(item.Id, row, fused, behavior, modal, content, itemToItem);
    }

    /// <summary>Where a row of the new snapshot comes from: an encoded item or else a row of the snapshot before.</summary>
    private readonly record struct Source(int Row, Encoded? New);

    private sealed record Encoded(
        string Id, int Row, float[] Fused, float[] Behavior, float[][] Modal, EncodedContent?[] Content, AddedWeights? ItemToItem);
}
