using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Serialization;

namespace DRepMRec.Serving;

/// <summary>The manifest as it stands in a model file, where a field that isn't known is passed over: a newer library may have more.</summary>
internal static class ManifestJson
{
    private static readonly Dictionary<Type, Action<JsonTypeInfo>> Forms = new(
    [
        OptionContract.Of<ModelForm>(JsonUnmappedMemberHandling.Skip), OptionContract.Of<ModalityForm>(JsonUnmappedMemberHandling.Skip),
        OptionContract.Of<FusionForm>(JsonUnmappedMemberHandling.Skip),
    ]);

    /// <summary>The contract of the manifest in a model file.</summary>
    public static JsonTypeInfo<ModelManifest> Contract { get; } = (JsonTypeInfo<ModelManifest>)new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter<FeatureScaling>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        TypeInfoResolver = ManifestJsonContext.Default.WithAddedModifier(KeepDefaults),
    }.GetTypeInfo(typeof(ModelManifest));

    /// <summary>Fields of a form that a file lacks are as they are by default.</summary>
    public static void KeepDefaults(JsonTypeInfo info) => Forms.GetValueOrDefault(info.Type)?.Invoke(info);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestJsonContext : JsonSerializerContext;
