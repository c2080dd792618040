using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.Serving;

/// <summary>
/// Writes a model. The items of the training keep their rows, retired ones too, which are listed; of those that were added the retired ones
/// are left out. The file is then what the snapshot was, for every answer and every change to come.
/// </summary>
internal sealed class ModelWriter
{
    private readonly ServingModel _model;

    /// <summary>The rows that are written, ascending.</summary>
    private readonly int[] _rows;
    private readonly int[] _retired;
    private readonly bool _isAsLoaded;

    private ModelWriter(ServingModel model)
    {
        _model = model;
        int trained = model.TrainedItems;
        _rows = [.. Enumerable.Range(0, model.ItemRows).Where(row => row < trained || !model.Changes.IsHidden(row))];
        _retired = [.. model.Changes.HiddenRows().Where(row => row < trained)];
        _isAsLoaded = model.Changes.Replaced.Length == 0 && model.Changes.AddedIds.Length == 0 && _rows.Length == model.ItemIds.Count;
    }

    public static void Write(ServingModel model, Stream stream)
    {
        model = Refresh.Settle(model);
        ThrowIfDamaged(model);
        var writer = new ModelWriter(model);
        IReadOnlyList<SafeTensorSource> arrays = writer.Arrays();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var hashing = new HashingStream(hash);
        foreach (SafeTensorSource array in arrays)
            array.Write(hashing);
        ModelManifest manifest = model.Manifest with
        {
            FormatVersion = ModelManifest.CurrentFormatVersion,
            LibraryVersion = ModelManifest.ThisLibrary,
            Items = model.ItemCount,
            TrainedItems = model.TrainedItems,
            Metadata = model.Metadata?.Table.Form,
            Encoders = model.Encoders?.Forms,
            Calibration = model.Calibration?.Form,
            ItemToItem = model.ItemToItem?.Form,
            DataChecksum = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };
        string text = JsonSerializer.Serialize(manifest, ModelFileJson.Default.ModelManifest);
        Safetensors.Write(stream, new Dictionary<string, string> { [ModelFile.ManifestKey] = text }, arrays);
        GC.KeepAlive(model);
    }

    /// <summary>What couldn't be loaded isn't written: a file that wasn't verified may have come damaged.</summary>
    private static void ThrowIfDamaged(ServingModel model)
    {
        try
        {
            ModelVerification.Verify(model);
        }
        catch (FormatException e)
        {
            throw new ModelFileException($"The model is damaged, and isn't saved: {e.Message}", e);
        }
    }

    /// <summary>Arrays of wider elements come first, so that each is aligned.</summary>
    private IReadOnlyList<SafeTensorSource> Arrays()
    {
        IdTable itemIds = _isAsLoaded ? _model.ItemIds : Ids();
        Block<int> degrees = _isAsLoaded ? _model.ItemDegrees : Block<int>.Copy([.. _rows.Select(_model.Degree)]);
        List<SafeTensorSource> arrays =
        [
            Array("user_id_offsets", _model.UserIds.Offsets), Array("item_id_offsets", itemIds.Offsets),
            Array("seen_offsets", _model.SeenOffsets),
            .. Rows("user_embeddings", _model.Users), .. ItemRows("item_embeddings", _model.Items),
        ];
        if (_model.Form is { Lines: not null } form)
        {
            arrays.AddRange([.. Rows("user_behavior", _model.UserBehavior), .. ItemRows("item_behavior", _model.ItemBehavior)]);
            for (int m = 0; m < form.Modalities.Count; m++)
            {
                string name = form.Modalities[m].Name;
                arrays.AddRange(Rows($"user_modal.{name}", _model.UserModal[m]));
                arrays.AddRange(ItemRows($"item_modal.{name}", _model.ItemModal[m]));
            }
        }

        ItemToItemRows? part = _isAsLoaded ? _model.ItemToItem : _model.ItemToItem?.Select(_rows);
        if (part is not null)
            arrays.Insert(0, Array("item_to_item_offsets", part.Offsets));
        if (_model.FoldInMap is { } map)
        {
            long dimension = _model.ItemBehavior.Width;
            arrays.Add(Array("fold_in_map", map, dimension, map.Length / dimension));
        }

        foreach (ContentEncoder content in _model.Content)
            arrays.AddRange(Content(content));
        arrays.AddRange([Array("user_id_slots", _model.UserIds.Slots), Array("item_id_slots", itemIds.Slots)]);
        arrays.AddRange([Array("seen_items", _model.SeenItems), Array("item_degrees", degrees)]);
        if (part is not null)
        {
            arrays.AddRange([Array("item_to_item_items", part.Items), Array("item_to_item_weights", part.Values),
                Array("item_to_item_residuals", part.Residuals)]);
        }

        if (_model.SeenWeights is { } weights)
            arrays.Add(Array("seen_weights", weights));
        if (_model.FirstLayer is { } first)
        {
            arrays.AddRange([Pages(ModelAssembly.FirstUsers, first.Users), Pages(ModelAssembly.FirstItems, first.Items)]);
            if (first.ItemOffset is { } offset)
                arrays.Add(Pages(ModelAssembly.ItemOffset, offset));
        }

        if (_retired.Length > 0)
            arrays.Add(Array("retired_items", Block<int>.Copy(_retired)));
        arrays.AddRange([Array("user_ids", _model.UserIds.Text), Array("item_ids", itemIds.Text)]);
        arrays.AddRange(_model.Metadata?.Arrays(_rows) ?? []);
        arrays.AddRange(_model.Encoders?.Arrays() ?? []);
        arrays.AddRange(_model.Calibration?.Arrays() ?? []);
        return [.. arrays.OrderByDescending(a => Safetensors.ElementBytes(a.Type))];
    }

    private IdTable Ids()
    {
        try
        {
            return IdTable.Of(_rows.Select(_model.ItemId));
        }
        catch (ArgumentException e)
        {
            throw new ModelFileException($"The model is damaged, and isn't saved: {e.Message}", e);
        }
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
            foreach (SafeTensorSource array in ItemRows(name + "features", rows).Concat(ItemRows(name + "neighbor_values", values)))
                yield return array;
        }
    }

    public static SafeTensorSource Array<T>(string name, Block<T> block, params long[] shape) where T : unmanaged
        => new(name, SafeTensor.TypeName<T>(), shape.Length == 0 ? [block.Length] : shape, stream => Write(stream, block, name));

    private static SafeTensorSource[] Rows(string name, RowStore rows) => Rows(name, rows.Rows, rows.FileCount);

    /// <summary>The array of rows, or the two of rows of bytes.</summary>
    private static SafeTensorSource[] Rows(string name, RowBlock rows, int count) => rows.Bytes is { } bytes
        ? [Array(name, bytes, count, rows.Width), Array(ModelArrays.ScalesOf(name), rows.Numbers, count)]
        : [Array(name, rows.Numbers, count, rows.Width)];

    private static SafeTensorSource Pages(string name, PagedRows rows) => new(name, "F32", [rows.Count, rows.Width], stream =>
    {
        for (int row = 0; row < rows.Count; row++)
        {
            ThrowIfNotFinite(rows[row], name);
            stream.Write(MemoryMarshal.AsBytes(rows[row]));
        }

        GC.KeepAlive(rows);
    });

    private SafeTensorSource[] ItemRows(string name, RowStore rows)
    {
        if (_isAsLoaded)
            return Rows(name, rows);
        if (rows.Precision != RowPrecision.Single)
            return Rows(name, rows.Select(_rows));
        return [new(name, "F32", [_rows.Length, rows.Width], stream =>
        {
            foreach (int row in _rows)
            {
                ThrowIfNotFinite(rows[row], name);
                stream.Write(MemoryMarshal.AsBytes(rows[row]));
            }

            GC.KeepAlive(rows);
        })];
    }

    private static void Write<T>(Stream stream, Block<T> block, string name) where T : unmanaged
    {
        for (long from = 0; from < block.Length; from += 1 << 20)
        {
            ReadOnlySpan<T> slice = block.Slice(from, Math.Min(1 << 20, block.Length - from));
            if (typeof(T) == typeof(float))
                ThrowIfNotFinite(MemoryMarshal.Cast<T, float>(slice), name);
            stream.Write(MemoryMarshal.AsBytes(slice));
        }

        GC.KeepAlive(block);
    }

    /// <summary>Refuses numbers that couldn't be loaded.</summary>
    private static void ThrowIfNotFinite(ReadOnlySpan<float> values, string name)
    {
        if (!TensorPrimitives.IsFiniteAll(values))
            throw new ModelFileException($"The model is damaged: '{name}' has a number that isn't finite. It isn't saved.");
    }

    private sealed class HashingStream(IncrementalHash hash) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => hash.AppendData(buffer);
    }
}
