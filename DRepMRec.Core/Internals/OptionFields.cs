using System.Collections;
using System.Globalization;
using System.Reflection;

namespace DRepMRec.Internals;

/// <summary>The values of options as text, by name with the records inside them ("Adam.LearningRate"), to compare and to show.</summary>
internal static class OptionFields
{
    /// <summary>Adds all fields below a name.</summary>
    /// <param name="fields">Where the fields are added.</param>
    /// <param name="name">The name of the whole.</param>
    /// <param name="value">Options: an object with public properties; or a number, a text, a list, or <see langword="null"/>.</param>
    public static void Add(IDictionary<string, string> fields, string name, object? value)
    {
        if (Text(value) is { } text)
        {
            fields[name] = text;
            return;
        }

        // Kinds of options, such as ranking losses or fusions, are told apart by their types.
        if (value!.GetType().BaseType is { IsAbstract: true })
            fields[name] = value.GetType().Name;
        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length == 0)
                Add(fields, $"{name}.{property.Name}", property.GetValue(value));
        }
    }

    /// <summary>The text of a value that isn't options itself. Records, and classes outside of frameworks, are looked into.</summary>
    private static string? Text(object? value) => value switch
    {
        null => "none",
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(v => Text(v) ?? v!.ToString()))}]",
        _ when value.GetType().IsValueType || value.GetType().Namespace is { } space && IsFramework(space) => value.ToString() ?? "",
        _ => null,
    };

    private static bool IsFramework(string space)
        => space.Split('.')[0] is "System" or "TorchSharp";
}
