using System.Text;
using System.Text.Json;

namespace DRepMRec.Serialization;

/// <summary>What messages about JSON quote.</summary>
internal static class JsonText
{
    /// <summary>The value that a reader stands at.</summary>
    public static string Shown(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.Null => "null",
        JsonTokenType.String or JsonTokenType.PropertyName => Internals.Shown.Text(reader.GetString()),
        _ => Internals.Shown.Text(Encoding.UTF8.GetString(
            reader.HasValueSequence ? System.Buffers.BuffersExtensions.ToArray(reader.ValueSequence) : reader.ValueSpan)),
    };

    /// <summary>The message of a refused value on one line, without the parameter's name and the place, which the path tells.</summary>
    public static string Of(Exception e)
    {
        string message = e switch
        {
            JsonException json => json.Message.Replace(
                $" Path: {json.Path} | LineNumber: {json.LineNumber} | BytePositionInLine: {json.BytePositionInLine}.", ""),
            ArgumentException { ParamName: { Length: > 0 } name } => e.Message.Replace($" (Parameter '{name}')", ""),
            _ => e.Message,
        };
        return message.ReplaceLineEndings(" ");
    }
}
