using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Internals;

namespace DRepMRec.Serving;

/// <summary>The file of a <see cref="Recommender"/>: safetensors with a JSON manifest. docs/serving.md has every array.</summary>
internal static class ModelFile
{
    public const string ManifestKey = "drepmrec";

    public static ServingModel Load(string path, RecommenderLoadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Model files are little-endian; this machine isn't.");
        using WatchedFile stream = Files.Open(
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16);
        var (metadata, places) = ReadHeader(stream, path);
        ModelManifest manifest = ReadManifest(metadata, path);
        try
        {
            var arrays = new ModelArrays(stream, places, options.MemoryMap);
            ServingModel model = ModelAssembly.Build(manifest, arrays);
            if (manifest.FormatVersion == 1 || (options.Verify ?? stream.Length <= RecommenderLoadOptions.SmallFile))
                ModelVerification.Verify(model, arrays);
            return model;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new ModelFileException($"{Shown.Name(path)}: {Shown.Message(e.Message)}", e);
        }
    }

    private static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafeTensorPlace> Places) ReadHeader(
        WatchedFile stream, string path)
    {
        try
        {
            return Safetensors.ReadHeader(stream, path);
        }
        catch (SafetensorsException e)
        {
            throw new ModelFileException(e.Message, e);
        }
    }

    public static void Save(ServingModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path), name = Path.GetFileName(full), folder = Path.GetDirectoryName(full) ?? full;
        if (name.Length == 0)
            throw new ArgumentException($"Expected the name of a file, got the folder {Shown.Name(path)}.", nameof(path));
        string target = Path.GetDirectoryName(AtomicFiles.Target(full)) ?? folder;
        foreach (string needed in new[] { folder, target })
        {
            if (!Directory.Exists(needed))
                throw new DirectoryNotFoundException(
                    $"The recommender can't be saved as {Shown.Name(path)}: there is no folder {Shown.Name(needed)}.");
        }

        if (Directory.Exists(full))
            throw new IOException($"The recommender can't be saved as {Shown.Name(path)}: that is a folder.");
        AtomicFiles.Write(folder, new Dictionary<string, Action<Stream>> { [name] = stream => ModelWriter.Write(model, stream) });
    }

    private static ModelManifest ReadManifest(IReadOnlyDictionary<string, string> metadata, string path)
    {
        if (!metadata.TryGetValue(ManifestKey, out string? text))
            throw new ModelFileException($"{Shown.Name(path)}: expected a model of DRepMRec, but the file's metadata has no "
                + $"'{ManifestKey}'.");
        ModelManifest manifest;
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            int version = json.RootElement.GetProperty("formatVersion").GetInt32();
            if (version > ModelManifest.CurrentFormatVersion)
            {
                throw new ModelFileException($"{Shown.Name(path)}: written by a newer version of the library: format {version}, "
                    + $"this one reads up to {ModelManifest.CurrentFormatVersion}.");
            }

            manifest = json.Deserialize(ModelFileJson.Default.ModelManifest)!;
            if (version < 3 && manifest.Form is { } form)
                manifest = manifest with { Form = form with { Lines = LegacyForm.Read(json.RootElement.GetProperty("form")) } };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException and not ModelFileException)
        {
            throw new ModelFileException($"{Shown.Name(path)}: the manifest can't be read: {Shown.Message(e.Message)}", e);
        }

        if (manifest.FormatVersion < 1 || manifest.Users < 0 || manifest.Items < 0 || manifest.Dimension < 1)
        {
            throw new ModelFileException($"{Shown.Name(path)}: the manifest has format {manifest.FormatVersion}, {manifest.Users} users, "
                + $"{manifest.Items} items "
                + $"and dimension {manifest.Dimension}.");
        }

        ThrowIfUnsound(manifest.Form, manifest.Dimension, path);
        return manifest with
        {
            Validation = manifest.Validation ?? new Dictionary<string, double>(),
            Options = manifest.Options ?? new Dictionary<string, string>(),
            Dataset = manifest.Dataset ?? "",
            SplitChecksum = manifest.SplitChecksum ?? "",
            LibraryVersion = manifest.LibraryVersion ?? "",
            DataChecksum = manifest.DataChecksum ?? "",
        };
    }

    private static void ThrowIfUnsound(ModelForm? form, int dimension, string path)
    {
        if (form is null)
            return;
        try
        {
            if (form.LineDimension < 1 || LineFusion.Dimension(form) != dimension)
            {
                throw new FormatException(
                    $"the form has lines of dimension {form.LineDimension}, fused to {LineFusion.Dimension(form)}, "
                    + $"for representations of {dimension}");
            }

            if (form.Modalities?.All(m => m is { FeatureDimension: >= 0, Neighbors: >= 0, Weight: >= 0 }) != true)
                throw new FormatException("the form has a modality without sense");
            if (form.Modalities.Select(m => new Modality(m.Name ?? "")).Distinct().Count() != form.Modalities.Count)
                throw new FormatException("the form has a modality twice");
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new ModelFileException($"{Shown.Name(path)}: the manifest can't be read: {Shown.Message(e.Message)}.", e);
        }
    }
}
