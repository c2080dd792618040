using System.Text.Json.Serialization;
using DRepMRec.Data;

namespace DRepMRec.Serving;

/// <summary>What a model file says about itself.</summary>
/// <param name="FormatVersion">The version of the file format.</param>
/// <param name="LibraryVersion">The version of the library that wrote it.</param>
/// <param name="Dataset">The name of the dataset.</param>
/// <param name="SplitChecksum">The checksum of the dataset's split.</param>
/// <param name="Users">The number of users.</param>
/// <param name="Items">The number of items.</param>
/// <param name="Dimension">The dimension of the representations.</param>
/// <param name="Validation">The validation figures at training time, by metric.</param>
public sealed record ModelManifest(
    int FormatVersion,
    string LibraryVersion,
    string Dataset,
    string SplitChecksum,
    int Users,
    int Items,
    int Dimension,
    IReadOnlyDictionary<string, double> Validation)
{
    /// <summary>The version that this library writes, and the newest that it reads.</summary>
    public const int CurrentFormatVersion = 3;

    /// <summary>The options of model and training, by name, as text: to be read by people, never to act on.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>SHA-256 of all arrays, in hexadecimal; empty in files of format 1.</summary>
    public string DataChecksum { get; init; } = "";

    /// <summary>The modalities whose share of a score can be told; empty where the file has no modal line.</summary>
    [JsonIgnore]
    public IReadOnlyList<Modality> Modalities => [.. (Form?.Modalities ?? []).Select(m => new Modality(m.Name))];

    [JsonInclude]
    internal ModelForm? Form { get; init; }

    internal static string ThisLibrary { get; } = typeof(ModelManifest).Assembly.GetName().Version!.ToString(3);
}
