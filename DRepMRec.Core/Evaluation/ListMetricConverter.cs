using System.Text.Json;
using System.Text.Json.Serialization;
using DRepMRec.Internals;

namespace DRepMRec.Evaluation;

/// <summary>A metric of lists as JSON: its name, such as "Gini@20".</summary>
internal sealed class ListMetricConverter : JsonConverter<ListMetric>
{
    public override ListMetric Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()!)
            : throw new JsonException("Expected the name of a metric.");

    public override void Write(Utf8JsonWriter writer, ListMetric value, JsonSerializerOptions options)
        => writer.WriteStringValue(ListMetric.TryParse(value.ToString()) == value ? value.ToString() : throw new NotSupportedException(
            "A metric of your own has no JSON that an evaluation could be made from; got "
            + $"{value.GetType()}, {Shown.Text(value.ToString())}."));

    /// <summary>Figures may be of a metric of one's own, which has its name alone here.</summary>
    public override ListMetric ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => NamedListMetric.TryParse(reader.GetString()!) ?? Parse(reader.GetString()!);

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
