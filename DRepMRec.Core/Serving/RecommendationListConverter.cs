using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Serialization;

namespace DRepMRec.Serving;

/// <summary>Lists of recommendations in JSON: an object of the source, the items, and the ids that weren't known.</summary>
public sealed class RecommendationListConverter : JsonConverter<RecommendationList>
{
    private const string Items = "Items";

    /// <inheritdoc/>
    public override RecommendationList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException($"Expected an object of source, items and unknown items, got {JsonText.Shown(ref reader)}.");
        RecommendationSource? source = null;
        List<Recommendation>? items = null;
        IReadOnlyList<string>? unknown = null;
        var seen = new HashSet<string>(
            options.PropertyNameCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (!seen.Add(name) && !options.AllowDuplicateProperties)
                throw new JsonException($"The JSON property {Internals.Shown.Text(name)} is there twice.");
            if (Is(name, nameof(RecommendationList.Source), options))
                source = JsonSerializer.Deserialize(ref reader, Contract<RecommendationSource>(options));
            else if (Is(name, Items, options))
                items = JsonSerializer.Deserialize(ref reader, Contract<List<Recommendation>>(options));
            else if (Is(name, nameof(RecommendationList.UnknownItems), options))
                unknown = JsonSerializer.Deserialize(ref reader, Contract<IReadOnlyList<string>>(options));
            else
                throw new JsonException($"The JSON property {Internals.Shown.Text(name)} isn't one of a list of recommendations.");
        }

        return source is { } known && items is not null ? new RecommendationList([.. items], known, unknown ?? [])
            : throw new JsonException("Expected a source and items in a list of recommendations.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RecommendationList value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(options);
        writer.WriteStartObject();
        writer.WritePropertyName(Name(nameof(RecommendationList.Source), options));
        JsonSerializer.Serialize(writer, value.Source, Contract<RecommendationSource>(options));
        writer.WriteStartArray(Name(Items, options));
        JsonTypeInfo<Recommendation> item = Contract<Recommendation>(options);
        foreach (Recommendation recommendation in value)
            JsonSerializer.Serialize(writer, recommendation, item);
        writer.WriteEndArray();
        writer.WritePropertyName(Name(nameof(RecommendationList.UnknownItems), options));
        JsonSerializer.Serialize(writer, value.UnknownItems, Contract<IReadOnlyList<string>>(options));
        writer.WriteEndObject();
    }

    private static string Name(string name, JsonSerializerOptions options) => options.PropertyNamingPolicy?.ConvertName(name) ?? name;

    private static bool Is(string given, string name, JsonSerializerOptions options) => given.Equals(
        Name(name, options), options.PropertyNameCaseInsensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    /// <summary>The contract that the options have, such as names by their policy, or the library's own where they have none.</summary>
    private static JsonTypeInfo<T> Contract<T>(JsonSerializerOptions options)
        => (JsonTypeInfo<T>)(options.TryGetTypeInfo(typeof(T), out JsonTypeInfo? info) ? info
            : ServingJson.SerializerOptions.GetTypeInfo(typeof(T)));
}
