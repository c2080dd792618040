using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Data;

/// <summary>
/// Columns in JSON: a text is a name and a number is a position. A name that looks like a number stands as <c>{"name": "2019"}</c>, as
/// configurations, where everything is text, would take it for a position.
/// </summary>
public sealed class ColumnConverter : JsonConverter<Column>
{
    private const string NameKey = "name";

    /// <inheritdoc/>
    public override Column Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int index) && index >= 0)
            return new Column(index);
        if (reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } text)
            return new Column(text);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Unexpected(JsonText.Shown(ref reader));
        reader.Read();
        bool isName = reader.TokenType == JsonTokenType.PropertyName
            && NameKey.Equals(reader.GetString(), StringComparison.OrdinalIgnoreCase);
        reader.Read();
        string? name = isName && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        reader.Read();
        return !string.IsNullOrEmpty(name) && reader.TokenType == JsonTokenType.EndObject ? new Column(name)
            : throw Unexpected("another object");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Column value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value.Name is null)
        {
            writer.WriteNumberValue(value.Index);
        }
        else if (double.TryParse(value.Name, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            writer.WriteStartObject();
            writer.WriteString(NameKey, value.Name);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStringValue(value.Name);
        }
    }

    private static JsonException Unexpected(string got)
        => new($"Expected a column: its name, its position from 0, or {{\"{NameKey}\": \"…\"}}; got {got}.");
}
