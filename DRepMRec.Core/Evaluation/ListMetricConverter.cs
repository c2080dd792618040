using System.Text.Json;
using System.Text.Json.Serialization;

namespace DRepMRec.Evaluation;

/// <summary>A metric of lists as JSON: its name, such as "Gini@20".</summary>
internal sealed class ListMetricConverter : JsonConverter<ListMetric>
{
    public override ListMetric Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()!)
            : throw new JsonException("Expected the name of a metric.");

    public override void Write(Utf8JsonWriter writer, ListMetric value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.ToString());

    public override ListMetric ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Parse(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, ListMetric value, JsonSerializerOptions options)
        => writer.WritePropertyName(value.ToString());

    private static ListMetric Parse(string name)
    {
        try
        {
            return ListMetric.Parse(name);
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }
}
