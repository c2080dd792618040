using System.Text.Json.Nodes;
using DRepMRec;

namespace Common;

/// <summary>
/// Options as JSON, so that one of them can be named by its path, such as "alignment.fusion.modalWeight", and set by a value.
/// </summary>
internal static class OptionsJson
{
    /// <summary>The same options with the given values changed.</summary>
    /// <param name="options">A record of options.</param>
    /// <param name="values">Values by path.</param>
    /// <exception cref="ArgumentException">There is no such option, or it refuses the value.</exception>
    public static T With<T>(T options, IEnumerable<KeyValuePair<string, JsonNode?>> values) where T : class
    {
        JsonNode root = JsonNode.Parse(DRepMRecJson.Write(options))!;
        foreach (var (path, value) in values)
        {
            string[] names = path.Split('.');
            JsonNode? parent = names[..^1].Aggregate((JsonNode?)root, (node, name) => (node as JsonObject)?[name]);
            if (parent is not JsonObject found || !found.ContainsKey(names[^1]))
            {
                string others = parent is JsonObject o ? $"; there are {string.Join(", ", o.Select(p => p.Key))}" : "";
                throw new ArgumentException($"There is no option '{path}' in {typeof(T).Name}{others}.");
            }

            found[names[^1]] = value?.DeepClone();
        }

        try
        {
            return DRepMRecJson.Read<T>(root.ToJsonString());
        }
        catch (OptionsFormatException e)
        {
            throw new ArgumentException($"{typeof(T).Name}: {e.Message}", e);
        }
    }
}
