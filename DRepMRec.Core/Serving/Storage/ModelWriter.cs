using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>Writes a model. A changed catalogue is put in order on the way: replaced items take the place of the old ones, added ones follow, retired ones are left out, of histories too.</summary>
internal sealed class ModelWriter
{
    private readonly ServingModel _model;
    private readonly int[] _order;
    private readonly int[] _newIndex;

    private ModelWriter(ServingModel model)
    {
        _model = model;
        _order = Order(model);
        _newIndex = new int[model.ItemRows];
        _newIndex.AsSpan().Fill(-1);
        for (int n = 0; n < _order.Length; n++)
            _newIndex[_order[n]] = n;
        for (int a = 0; a < model.Changes.Replaced.Length; a++)
        {
            // A history that has the old item has the new one, which took its place.
            if (model.Changes.Replaced[a] is >= 0 and int old)
                _newIndex[old] = _newIndex[model.ItemIds.Count + a];
        }
    }

    public static void Write(ServingModel model, Stream stream)
    {
        var writer = new ModelWriter(model);
        List<SafeTensorSource> arrays = writer.Arrays();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var hashing = new HashingStream(hash);
        foreach (SafeTensorSource array in arrays)
            array.Write(hashing);
        ModelManifest manifest = model.Manifest with
        {
            FormatVersion = ModelManifest.CurrentFormatVersion,
            LibraryVersion = ModelManifest.ThisLibrary,
            Items = writer._order.Length,
            DataChecksum = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };
        Safetensors.Write(stream, new Dictionary<string, string> { [ModelFile.ManifestKey] = JsonSerializer.Serialize(manifest, ModelFile.Json) }, arrays);
        GC.KeepAlive(model);
    }

    /// <summary>Arrays of wider elements come first, so that each is aligned.</summary>
    private List<SafeTensorSource> Arrays()
    {
        IdTable itemIds = _model.Changes.AreNone ? _model.ItemIds : IdTable.Of(_order.Select(_model.ItemId));
        var (seenOffsets, seenItems, degrees) = Histories();
        List<SafeTensorSource> arrays =
        [
            Array("user_id_offsets", _model.UserIds.Offsets), Array("item_id_offsets", itemIds.Offsets), Array("seen_offsets", seenOffsets),
            Rows("user_embeddings", _model.Users), ItemRows("item_embeddings", _model.Items),
        ];
        if (_model.Form is { Lines: not null } form)
        {
            arrays.AddRange([Rows("user_behavior", _model.UserBehavior), ItemRows("item_behavior", _model.ItemBehavior)]);
            for (int m = 0; m < form.Modalities.Count; m++)
                arrays.AddRange([Rows($"user_modal.{form.Modalities[m].Name}", _model.UserModal[m]), ItemRows($"item_modal.{form.Modalities[m].Name}", _model.ItemModal[m])]);
        }

        if (_model.FoldInMap is { } map)
        {
            long dimension = _model.ItemBehavior.Width;
            arrays.Add(Array("fold_in_map", map, dimension, map.Length / dimension));
        }

        foreach (ContentEncoder content in _model.Content)
            arrays.AddRange(Content(content));
        arrays.AddRange([Array("user_id_slots", _model.UserIds.Slots), Array("item_id_slots", itemIds.Slots), Array("seen_items", seenItems), Array("item_degrees", degrees)]);
        arrays.AddRange([Array("user_ids", _model.UserIds.Text), Array("item_ids", itemIds.Text)]);
        return arrays;
    }

    private IEnumerable<SafeTensorSource> Content(ContentEncoder content)
    {
        string name = $"content.{content.Form.Name}.";
        long features = content.Form.FeatureDimension, dimension = content.ProjectionBias.Length;
        yield return Array(name + "mean", content.Mean);
        yield return Array(name + "deviation", content.Deviation);
        yield return Array(name + "projection", content.Projection, dimension, features);
        yield return Array(name + "projection_bias", content.ProjectionBias);
        if (content.Gate is { } gate && content.GateBias is { } gateBias)
        {
            yield return Array(name + "gate", gate, dimension, dimension);
            yield return Array(name + "gate_bias", gateBias);
        }

        if (content.Features is { } rows && content.NeighborValues is { } values)
        {
            yield return ItemRows(name + "features", rows);
            yield return ItemRows(name + "neighbor_values", values);
        }
    }

    private (Block<long> Offsets, Block<int> Items, Block<int> Degrees) Histories()
    {
        if (_model.Changes.AreNone)
            return (_model.SeenOffsets, _model.SeenItems, _model.ItemDegrees);
        var offsets = new long[_model.UserIds.Count + 1];
        var items = new List<int>();
        var degrees = new int[_order.Length];
        for (int user = 0; user < _model.UserIds.Count; user++)
        {
            int start = items.Count;
            foreach (int old in _model.Seen(user))
            {
                if (_newIndex[old] < 0)
                    continue;
                items.Add(_newIndex[old]);
                degrees[_newIndex[old]]++;
            }

            items.Sort(start, items.Count - start, null);
            offsets[user + 1] = items.Count;
        }

        return (Block<long>.Copy(offsets), Block<int>.Copy(CollectionsMarshal.AsSpan(items)), Block<int>.Copy(degrees));
    }

    private static int[] Order(ServingModel model)
    {
        var successor = new Dictionary<int, int>();
        var behind = new List<int>();
        for (int added = model.ItemIds.Count; added < model.ItemRows; added++)
        {
            int old = model.Changes.Replaced[added - model.ItemIds.Count];
            if (old >= 0)
                successor[old] = added;
            else
                behind.Add(added);
        }

        var order = new List<int>(model.ItemCount);
        for (int item = 0; item < model.ItemIds.Count; item++)
        {
            if (!model.Changes.IsHidden(item))
                order.Add(item);
            else if (successor.TryGetValue(item, out int added))
                order.Add(added);
        }

        order.AddRange(behind);
        return [.. order];
    }

    private static SafeTensorSource Array<T>(string name, Block<T> block, params long[] shape) where T : unmanaged
        => new(name, SafeTensor.TypeName<T>(), shape.Length == 0 ? [block.Length] : shape, stream => Write(stream, block));

    private static SafeTensorSource Rows(string name, RowStore rows) => new(name, "F32", [rows.FileCount, rows.Width], stream => Write(stream, rows.Rows));

    private SafeTensorSource ItemRows(string name, RowStore rows) => new(name, "F32", [_order.Length, rows.Width], stream =>
    {
        if (_model.Changes.AreNone)
        {
            Write(stream, rows.Rows);
            return;
        }

        foreach (int item in _order)
            stream.Write(MemoryMarshal.AsBytes(rows[item]));
    });

    private static void Write<T>(Stream stream, Block<T> block) where T : unmanaged
    {
        for (long from = 0; from < block.Length; from += 1 << 20)
            stream.Write(MemoryMarshal.AsBytes(block.Slice(from, Math.Min(1 << 20, block.Length - from))));
        GC.KeepAlive(block);
    }

    private sealed class HashingStream(IncrementalHash hash) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => hash.AppendData(buffer);
    }
}
