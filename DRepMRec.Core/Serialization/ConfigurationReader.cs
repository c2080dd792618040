using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Internals;
using Microsoft.Extensions.Configuration;

namespace DRepMRec.Serialization;

/// <summary>
/// Turns sections of a configuration, where everything is text, into JSON by the contracts of what is read, and reads that: both ways have
/// the same contracts, names and defaults.
/// </summary>
internal sealed class ConfigurationReader(JsonSerializerOptions json)
{
    /// <summary>The keys of the configuration by the paths of the JSON that was made of them.</summary>
    private readonly Dictionary<string, string> _keys = [];

    /// <exception cref="OptionsFormatException">A key or a value isn't understood.</exception>
    public object? Read(IConfiguration section, JsonTypeInfo type)
    {
        JsonNode? node = Convert(section, type, "$");
        try
        {
            return node.Deserialize(type);
        }
        catch (JsonException e)
        {
            string? key = e.Path is { } path && _keys.TryGetValue(path, out string? found) ? found : null;
            throw new OptionsFormatException(key ?? Key(section), JsonText.Of(e), e);
        }
    }

    /// <summary>Sets the properties of an object that a section has keys of.</summary>
    /// <exception cref="OptionsFormatException">A key or a value isn't understood.</exception>
    public void Read(IConfiguration section, JsonTypeInfo type, object target)
    {
        if ((section as IConfigurationSection)?.Value is { Length: > 0 } text && !section.GetChildren().Any())
            throw new OptionsFormatException(Key(section), $"expected a section, got the text {Shown.Text(text)}.");
        foreach (var (child, property) in Properties(section, type, isMade: true))
        {
            object? value = Read(child, property);
            try
            {
                property.Set!(target, value);
            }
            catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
            {
                throw new OptionsFormatException(child.Path, JsonText.Of(e), e);
            }
        }
    }

    /// <summary>The value of a property by the rules that it has of its own.</summary>
    private object? Read(IConfigurationSection section, JsonPropertyInfo property)
    {
        JsonSerializerOptions own = property.NumberHandling is { } handling
            ? new JsonSerializerOptions(json) { NumberHandling = handling } : json;
        JsonTypeInfo type = own.GetTypeInfo(property.PropertyType);
        object? value = Read(section, type);
        if (value is not null || property.IsSetNullable)
            return value;
        if (type.Kind == JsonTypeInfoKind.Enumerable)
            return new JsonArray().Deserialize(type);
        return json.RespectNullableAnnotations ? throw new OptionsFormatException(Key(section), "expected a value, got none.") : null;
    }

    private JsonNode? Convert(IConfiguration section, JsonTypeInfo type, string path)
    {
        _keys[path] = Key(section);
        string? text = (section as IConfigurationSection)?.Value;
        bool isLeaf = !section.GetChildren().Any();
        if (!isLeaf && (type.Type == typeof(string) || type.Type.IsPrimitive || type.Type.IsEnum))
            throw new OptionsFormatException(Key(section), "expected a value, got a section.");
        if (type.Kind == JsonTypeInfoKind.None)
            return isLeaf ? Value(section, text, type) : Whole(section);
        if (isLeaf && text is null && type.Kind != JsonTypeInfoKind.Object)
            return null;
        if (!string.IsNullOrEmpty(text))
        {
            string expected = type.Kind == JsonTypeInfoKind.Enumerable ? "a list" : "a section";
            throw new OptionsFormatException(Key(section), $"expected {expected}, got the text {Shown.Text(text)}.");
        }

        return type.Kind switch
        {
            JsonTypeInfoKind.Enumerable => List(section, type, path),
            JsonTypeInfoKind.Dictionary => Dictionary(section, type, path),
            _ => Object(section, type, path),
        };
    }

    private JsonObject Object(IConfiguration section, JsonTypeInfo type, string path)
    {
        var made = new JsonObject();
        string? kindKey = type.PolymorphismOptions?.TypeDiscriminatorPropertyName;
        if (kindKey is not null)
        {
            JsonDerivedType kind = Kind(section, type.PolymorphismOptions!);
            made[kindKey] = (string)kind.TypeDiscriminator!;
            type = json.GetTypeInfo(kind.DerivedType);
        }

        foreach (var (child, property) in Properties(section, type, kindKey))
        {
            JsonTypeInfo own = json.GetTypeInfo(property.PropertyType);
            JsonNode? value = Convert(child, own, $"{path}.{property.Name}");

            // An empty list can't be told from none.
            bool isEmpty = value is null && own.Kind == JsonTypeInfoKind.Enumerable && !property.IsSetNullable;
            made[property.Name] = isEmpty ? new JsonArray() : value;
        }
        return made;
    }

    /// <summary>The keys of a section and what they set. An empty section can't be told from null, and is as if it weren't there.</summary>
    /// <param name="section">The section.</param>
    /// <param name="type">The type of the object.</param>
    /// <param name="kindKey">The key that says which kind of object it is, if there are kinds.</param>
    /// <param name="isMade">Whether there is the object already: parameters of its constructor can't be set then.</param>
    private IEnumerable<(IConfigurationSection Child, JsonPropertyInfo Property)> Properties(
        IConfiguration section, JsonTypeInfo type, string? kindKey = null, bool isMade = false)
    {
        JsonPropertyInfo[] known =
            [.. type.Properties.Where(p => p.Set is not null || (!isMade && p.AssociatedParameter is not null))];
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (child.Key.Equals(kindKey, StringComparison.OrdinalIgnoreCase))
                continue;
            JsonPropertyInfo property = known.FirstOrDefault(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw new OptionsFormatException(child.Path, $"is unknown; expected one of {Names(known, kindKey)}.");
            if (child.Value is not null || json.GetTypeInfo(property.PropertyType).Kind != JsonTypeInfoKind.Object
                || child.GetChildren().Any())
            {
                yield return (child, property);
            }
        }
    }

    private static string Names(IEnumerable<JsonPropertyInfo> properties, string? kindKey)
        => string.Join(", ", properties.Select(p => p.Name).Concat(kindKey is null ? [] : [kindKey]).Order(StringComparer.Ordinal)
            .Select(Capital));

    private static string Capital(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];

    private static JsonDerivedType Kind(IConfiguration section, JsonPolymorphismOptions kinds)
    {
        IConfigurationSection given = section.GetSection(kinds.TypeDiscriminatorPropertyName);
        foreach (JsonDerivedType kind in kinds.DerivedTypes)
        {
            if (kind.TypeDiscriminator is string name && name.Equals(given.Value, StringComparison.OrdinalIgnoreCase))
                return kind;
        }

        string names = string.Join(", ", kinds.DerivedTypes.Select(t => t.TypeDiscriminator));
        throw new OptionsFormatException(
            given.Value is null ? Key(section) : given.Path,
            $"expected {(given.Value is null ? $"the key {Capital(given.Key)}, " : "")}one of {names}; got "
            + $"{(given.Value is { } text ? Shown.Text(text) : "none")}.");
    }

    private JsonArray List(IConfiguration section, JsonTypeInfo type, string path)
    {
        var made = new JsonArray();
        JsonTypeInfo element = json.GetTypeInfo(type.ElementType!);
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (!int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                throw new OptionsFormatException(child.Path, $"expected a list, whose keys are 0, 1, 2; got {Shown.Text(child.Key)}.");
            made.Add(Convert(child, element, $"{path}[{made.Count}]"));
        }

        return made;
    }

    private JsonObject Dictionary(IConfiguration section, JsonTypeInfo type, string path)
    {
        var made = new JsonObject();
        JsonTypeInfo element = json.GetTypeInfo(type.ElementType!);
        foreach (IConfigurationSection child in section.GetChildren())
            made[child.Key] = Convert(child, element, $"{path}.{child.Key}");
        return made;
    }

    /// <summary>A value: as a number or true or false where the text is one and the type takes it, otherwise as text.</summary>
    private static JsonNode? Value(IConfiguration section, string? text, JsonTypeInfo type)
    {
        bool isNullable = !type.Type.IsValueType || Nullable.GetUnderlyingType(type.Type) is not null;
        if (isNullable && string.IsNullOrEmpty(text) && (text is null || type.Type != typeof(string)))
            return null;
        if (text is null)
            throw new OptionsFormatException(Key(section), $"{Expected(type.Type) ?? "expected a value."} Got nothing.");
        JsonNode whole = JsonValue.Create(text);
        if (type.Type == typeof(string) || type.Type == typeof(char))
            return whole;

        // The property may take them, as its type alone doesn't.
        Type number = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (text is "NaN" or "Infinity" or "-Infinity" && (number == typeof(float) || number == typeof(double)))
            return whole;
        if (TryParse(text, out JsonNode? literal) && Fits(literal, type, out _))
            return literal;
        if (Fits(whole, type, out JsonException? error))
            return whole;
        string message = Expected(type.Type) is { } expected ? $"{expected} Got {Shown.Text(text)}." : JsonText.Of(error);
        throw new OptionsFormatException(Key(section), message, error);
    }

    private static bool Fits(JsonNode node, JsonTypeInfo type, [NotNullWhen(false)] out JsonException? error)
    {
        try
        {
            node.Deserialize(type);
            error = null;
            return true;
        }
        catch (JsonException e)
        {
            error = e;
            return false;
        }
    }

    private static bool TryParse(string text, [NotNullWhen(true)] out JsonNode? literal)
    {
        literal = bool.TryParse(text, out bool flag) ? JsonValue.Create(flag)
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                ? Number(text.Trim(), number) : null;
        return literal is not null;
    }

    private static JsonNode? Number(string text, double number)
    {
        // In the digits that were given where JSON has such numbers; "+5" and ".5" are understood too.
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(number);
        }
    }

    private static string? Expected(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(bool) ? "expected true or false."
            : type == typeof(int) || type == typeof(long) || type == typeof(ulong) ? $"expected a whole number of {type.Name}."
            : type == typeof(double) || type == typeof(float) ? "expected a number."
            : type == typeof(TimeSpan) ? "expected a time such as 00:05:00."
            : null;
    }

    /// <summary>A section for a type that reads JSON by itself.</summary>
    private static JsonNode? Whole(IConfiguration section)
    {
        IConfigurationSection[] children = [.. section.GetChildren()];
        if (children.Length == 0)
            return (section as IConfigurationSection)?.Value;
        return new JsonObject(children.Select(child => KeyValuePair.Create(child.Key, Whole(child))));
    }

    private static string Key(IConfiguration section) => (section as IConfigurationSection)?.Path ?? "";
}
