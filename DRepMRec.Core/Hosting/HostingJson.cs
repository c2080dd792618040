using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Serialization;

namespace DRepMRec.Hosting;

/// <summary>The generated JSON contract of the options of a served model, by which they are read from a configuration.</summary>
internal static class HostingJson
{
    private static readonly KeyValuePair<Type, Action<JsonTypeInfo>> Change = OptionContract.Of<RecommenderServiceOptions>();

    public static IJsonTypeInfoResolver TypeInfoResolver { get; } = HostingJsonContext.Default.WithAddedModifier(info =>
    {
        if (info.Type == Change.Key)
            Change.Value(info);
    });

    public static JsonSerializerOptions SerializerOptions { get; } = StrictJson.Options(TypeInfoResolver);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RecommenderServiceOptions))]
internal sealed partial class HostingJsonContext : JsonSerializerContext;
