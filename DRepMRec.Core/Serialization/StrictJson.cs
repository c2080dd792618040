using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace DRepMRec.Serialization;

/// <summary>How the library reads and writes JSON.</summary>
internal static class StrictJson
{
    /// <summary>Read-only options: camel case, read in any case; what is unknown, twice there or wrongly null is refused.</summary>
    public static JsonSerializerOptions Options(IJsonTypeInfoResolver contracts)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            PropertyNameCaseInsensitive = true,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            AllowOutOfOrderMetadataProperties = true,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            ReadCommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            WriteIndented = true,
            TypeInfoResolver = contracts,
        };
        options.MakeReadOnly();
        return options;
    }
}
