using System.Text.Json.Serialization;
using DRepMRec.Data;

namespace DRepMRec.Serving;

/// <summary>The description of a model that its file holds.</summary>
public sealed record ModelManifest
{
    /// <summary>The version that this library writes, and the newest that it reads.</summary>
    public const int CurrentFormatVersion = 4;

    [JsonConstructor]
    internal ModelManifest(
        int formatVersion,
        string libraryVersion,
        string dataset,
        string splitChecksum,
        int users,
        int items,
        int dimension,
        IReadOnlyDictionary<string, double> validation)
    {
        (FormatVersion, LibraryVersion, Dataset, SplitChecksum) = (formatVersion, libraryVersion, dataset, splitChecksum);
        (Users, Items, Dimension, Validation) = (users, items, dimension, validation);
    }

    /// <summary>The version of the file format.</summary>
    public int FormatVersion { get; internal init; }

    /// <summary>The version of the library that wrote it.</summary>
    public string LibraryVersion { get; internal init; }

    /// <summary>The name of the dataset.</summary>
    public string Dataset { get; internal init; }

    /// <summary>The checksum of the dataset's split.</summary>
    public string SplitChecksum { get; internal init; }

    /// <summary>The number of users.</summary>
    public int Users { get; internal init; }

    /// <summary>The number of items of the catalogue; the rows of retired items aren't among them.</summary>
    public int Items { get; internal init; }

    /// <summary>The dimension of the representations.</summary>
    public int Dimension { get; }

    /// <summary>The validation figures at training time, by metric.</summary>
    public IReadOnlyDictionary<string, double> Validation { get; internal init; }

    /// <summary>The options of model and training, by name, as text: to be read by people, never to act on.</summary>
    [JsonInclude]
    public IReadOnlyDictionary<string, string> Options { get; internal init; } = new Dictionary<string, string>();

    /// <summary>SHA-256 of all arrays, in hexadecimal; empty in files of format 1, and where the catalogue has changed since.</summary>
    /// <remarks>The first member in the file, so that who reads its beginning tells it from every other.</remarks>
    [JsonInclude]
    [JsonPropertyOrder(-1)]
    public string DataChecksum { get; internal init; } = "";

    /// <summary>The modalities whose share of a score can be told; empty where the file has no modal line.</summary>
    [JsonIgnore]
    public IReadOnlyList<Modality> Modalities => [.. (Form?.Modalities ?? []).Select(m => new Modality(m.Name))];

    [JsonInclude]
    internal ModelForm? Form { get; init; }

    /// <summary>How scores were calibrated; <see langword="null"/> where they weren't.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal CalibrationForm? Calibration { get; init; }

    /// <summary>The metadata of items; <see langword="null"/> where there is none.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal MetadataForm? Metadata { get; init; }

    /// <summary>What made the features of items of their raw fields; <see langword="null"/> where that isn't known.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal IReadOnlyList<EncoderForm>? Encoders { get; init; }

    /// <summary>The item-to-item part, if there is one.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal ItemToItemForm? ItemToItem { get; init; }

    /// <summary>How new interactions are taken in; <see langword="null"/> where the file lacks what that takes.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal RefreshForm? Refresh { get; init; }

    /// <summary>How many rows are of items of the training; <see langword="null"/> before format 3: all are.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal int? TrainedItems { get; init; }

    /// <summary>
    /// Whether the rows of users were brought by somebody, and not trained here, so that each that isn't zero says something, be there a
    /// history or none.
    /// </summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    internal bool BroughtRows { get; init; }

    internal static string ThisLibrary { get; } = typeof(ModelManifest).Assembly.GetName().Version!.ToString(3);
}
