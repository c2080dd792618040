using System.Collections;
using System.Globalization;
using System.Reflection;

namespace DRepMRec.Serving;

/// <summary>Options as names and texts, for people to read in a model's manifest.</summary>
internal static class OptionText
{
    public static IReadOnlyDictionary<string, string> Of(params (string Name, object? Options)[] parts)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, options) in parts)
            Add(texts, name, options);
        return texts;
    }

    private static void Add(SortedDictionary<string, string> texts, string name, object? value)
    {
        if (value is null)
            return;
        if (!IsOptions(value.GetType()))
        {
            texts[name] = value is IEnumerable many and not string ? string.Join(", ", many.Cast<object>())
                : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            return;
        }

        if (value.GetType() is { IsNested: true } kind)
            texts[name] = kind.Name;
        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            Add(texts, $"{name}.{char.ToLowerInvariant(property.Name[0])}{property.Name[1..]}", property.GetValue(value));
    }

    /// <summary>Records of this library with settable properties; all else is a value.</summary>
    private static bool IsOptions(Type type)
        => type.Assembly == typeof(OptionText).Assembly && type is { IsClass: true } && type.GetMethod("<Clone>$") is not null;
}
