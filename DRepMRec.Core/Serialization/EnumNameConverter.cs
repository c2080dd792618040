using System.Text.Json;
using System.Text.Json.Serialization;
using DRepMRec.Internals;

namespace DRepMRec.Serialization;

/// <summary>Enumerations in JSON, as values and as keys: by their names in C#, in any case when they are read, never by number.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class EnumNameConverter<T> : JsonConverter<T> where T : struct, Enum
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()!)
            : throw new JsonException($"Expected one of {Names}, got {JsonText.Shown(ref reader)}.");

    /// <inheritdoc/>
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Parse(reader.GetString()!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(NameOf(value));
    }

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(NameOf(value));
    }

    private static string Names => string.Join(", ", Enum.GetNames<T>());

    private static T Parse(string text)
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (NameOf(value).Equals(text, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        throw new JsonException($"Expected one of {Names}, got {Shown.Text(text)}.");
    }

    private static string NameOf(T value)
        => Enum.GetName(value) ?? throw new JsonException($"{typeof(T).Name} {value} has no name; there are {Names}.");
}
