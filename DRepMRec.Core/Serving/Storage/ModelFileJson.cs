using System.Text.Json;
using System.Text.Json.Serialization;
using DRepMRec.Features;

namespace DRepMRec.Serving;

/// <summary>Manifest and lists of ids as JSON, without reflection, for programs that are trimmed or compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(CamelCaseEnumConverter<FeatureScaling>)])]
[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(IEnumerable<string>))]
internal sealed partial class ModelFileJson : JsonSerializerContext
{
    private sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
        where T : struct, Enum;
}
