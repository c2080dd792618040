using System.Text.Json.Nodes;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving;

/// <summary>Files of a recommender with a manifest or arrays that the library doesn't write, without a checksum.</summary>
internal static class EditedFile
{
    /// <summary>Saves a recommender, edits its file, and loads that.</summary>
    public static Recommender Reload(this Recommender recommender, Action<JsonObject>? manifest,
        Action<Dictionary<string, SafeTensor>>? arrays = null, bool verify = true, bool mapped = false)
    {
        using var folder = new TempFolder();
        recommender.Save(folder["model"]);
        using (FileStream saved = File.OpenRead(folder["model"]))
        {
            var (metadata, read) = Safetensors.Read(saved, "model");
            JsonObject json = JsonNode.Parse(metadata[ModelFile.ManifestKey])!.AsObject();
            json["dataChecksum"] = null;
            manifest?.Invoke(json);
            var edited = new Dictionary<string, SafeTensor>(read);
            arrays?.Invoke(edited);
            using FileStream written = File.Create(folder["edited"]);
            Safetensors.Write(
                written, new Dictionary<string, string> { [ModelFile.ManifestKey] = json.ToJsonString() }, [.. edited.Values]);
        }

        return Recommender.Load(folder["edited"], new RecommenderLoadOptions { Verify = verify, MemoryMap = mapped });
    }

    public static void Put<T>(this Dictionary<string, SafeTensor> arrays, string name, T[] values, params long[] shape)
        where T : unmanaged => arrays[name] = SafeTensor.Of(name, values, shape);
}
