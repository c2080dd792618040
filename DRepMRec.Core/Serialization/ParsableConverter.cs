using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DRepMRec.Serialization;

/// <summary>Values in JSON, and keys, by the text that they are parsed from and that their ToString gives back.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class ParsableConverter<T> : JsonConverter<T> where T : struct, IParsable<T>
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()!)
            : throw new JsonException($"Expected text for a {typeof(T).Name}, got {JsonText.Shown(ref reader)}.");

    /// <inheritdoc/>
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Parse(reader.GetString()!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(value.ToString() ?? "");
    }

    private static T Parse(string text)
    {
        try
        {
            return T.Parse(text, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new JsonException(JsonText.Of(e), e);
        }
    }
}
