using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>The file of a <see cref="Recommender"/>: a safetensors file with a JSON manifest in its metadata.</summary>
internal static class ModelFile
{
    private const string ManifestKey = "drepmrec";
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Save(Recommender model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        int dimension = model.Manifest.Dimension;
        var (userIds, userIdOffsets) = Pack(model.Users);
        var (itemIds, itemIdOffsets) = Pack(model.Items);
        SafeTensor[] tensors =
        [
            SafeTensor.Of("user_id_offsets", userIdOffsets),
            SafeTensor.Of("item_id_offsets", itemIdOffsets),
            SafeTensor.Of("seen_offsets", Array.ConvertAll(model.Seen.Offsets.ToArray(), o => (long)o)),
            SafeTensor.Of("user_embeddings", model.UserEmbeddings, model.Users.Count, dimension),
            SafeTensor.Of("item_embeddings", model.ItemEmbeddings, model.Items.Count, dimension),
            SafeTensor.Of("seen_items", model.Seen.Items.ToArray()),
            SafeTensor.Of("user_ids", userIds),
            SafeTensor.Of("item_ids", itemIds),
        ];
        var metadata = new Dictionary<string, string> { [ManifestKey] = JsonSerializer.Serialize(model.Manifest, Json) };
        AtomicFiles.Write(Path.GetDirectoryName(full)!, new Dictionary<string, Action<Stream>> { [Path.GetFileName(full)] = stream => Safetensors.Write(stream, metadata, tensors) });
    }

    public static Recommender Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        var (metadata, tensors) = Safetensors.Read(stream, path);
        ModelManifest manifest = ReadManifest(metadata, path);
        try
        {
            long[] userShape = [manifest.Users, manifest.Dimension], itemShape = [manifest.Items, manifest.Dimension];
            IdMap users = Unpack(Get<byte>(tensors, "user_ids"), Get<long>(tensors, "user_id_offsets", manifest.Users + 1L));
            IdMap items = Unpack(Get<byte>(tensors, "item_ids"), Get<long>(tensors, "item_id_offsets", manifest.Items + 1L));
            InteractionSet seen = ReadSeen(Get<long>(tensors, "seen_offsets", manifest.Users + 1L), Get<int>(tensors, "seen_items"), manifest);
            return new Recommender(manifest, users, items, Get<float>(tensors, "user_embeddings", userShape), Get<float>(tensors, "item_embeddings", itemShape), seen);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new ModelFileException($"{path}: {Shown.Message(e.Message)}", e);
        }
    }

    private static ModelManifest ReadManifest(IReadOnlyDictionary<string, string> metadata, string path)
    {
        if (!metadata.TryGetValue(ManifestKey, out string? text))
            throw new ModelFileException($"{path}: expected a model of DRepMRec, but the file's metadata has no '{ManifestKey}'.");
        ModelManifest manifest;
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            int version = json.RootElement.GetProperty("formatVersion").GetInt32();
            if (version > ModelManifest.CurrentFormatVersion)
                throw new ModelFileException($"{path}: written by a newer version of the library: format {version}, this one reads up to {ModelManifest.CurrentFormatVersion}.");
            manifest = json.Deserialize<ModelManifest>(Json)!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException and not ModelFileException)
        {
            throw new ModelFileException($"{path}: the manifest can't be read: {Shown.Message(e.Message)}", e);
        }

        if (manifest.FormatVersion < 1 || manifest.Users < 0 || manifest.Items < 0 || manifest.Dimension < 1)
            throw new ModelFileException($"{path}: the manifest has format {manifest.FormatVersion}, {manifest.Users} users, {manifest.Items} items and dimension {manifest.Dimension}.");
        return manifest with { Validation = manifest.Validation ?? new Dictionary<string, double>(), Dataset = manifest.Dataset ?? "", SplitChecksum = manifest.SplitChecksum ?? "", LibraryVersion = manifest.LibraryVersion ?? "" };
    }

    private static T[] Get<T>(IReadOnlyDictionary<string, SafeTensor> tensors, string name, params long[] shape) where T : unmanaged
    {
        if (!tensors.TryGetValue(name, out SafeTensor? tensor))
            throw new FormatException($"the array '{name}' is missing");
        if (tensor.Type != SafeTensor.TypeName<T>() || tensor.Shape.Length != Math.Max(1, shape.Length) || (shape.Length > 0 && !tensor.Shape.SequenceEqual(shape)))
            throw new FormatException($"expected the array '{name}' as {SafeTensor.TypeName<T>()} [{(shape.Length == 0 ? "n" : string.Join(", ", shape))}], it is {tensor.Type} [{Shown.List(tensor.Shape)}]");
        return MemoryMarshal.Cast<byte, T>(tensor.Data.Span).ToArray();
    }

    private static (byte[] Text, long[] Offsets) Pack(IdMap ids)
    {
        using var text = new MemoryStream();
        var offsets = new long[ids.Count + 1];
        for (int i = 0; i < ids.Count; i++)
        {
            text.Write(Utf8.GetBytes(ids[i]));
            offsets[i + 1] = text.Length;
        }

        return (text.ToArray(), offsets);
    }

    private static IdMap Unpack(byte[] text, long[] offsets)
    {
        RequireRising(offsets, text.Length, "id");
        var ids = new string[offsets.Length - 1];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = Utf8.GetString(text, (int)offsets[i], (int)(offsets[i + 1] - offsets[i]));
        return new IdMap(ids);
    }

    private static InteractionSet ReadSeen(long[] offsets, int[] items, ModelManifest manifest)
    {
        RequireRising(offsets, items.Length, "seen item");
        var pairs = new (int User, int Item)[items.Length];
        for (int user = 0; user < manifest.Users; user++)
        {
            for (long e = offsets[user]; e < offsets[user + 1]; e++)
                pairs[e] = (user, items[e]);
        }

        return new InteractionSet(manifest.Users, manifest.Items, pairs);
    }

    private static void RequireRising(long[] offsets, long end, string kind)
    {
        if (offsets[0] != 0 || offsets[^1] != end)
            throw new FormatException($"the {kind} offsets must go from 0 to {end}, they go from {offsets[0]} to {offsets[^1]}");
        for (int i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1])
                throw new FormatException($"the {kind} offsets must not fall, but number {i} is {offsets[i]} after {offsets[i - 1]}");
        }
    }
}
