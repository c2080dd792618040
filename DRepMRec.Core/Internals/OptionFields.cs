using System.Collections;
using System.Globalization;
using System.Reflection;

namespace DRepMRec.Internals;

/// <summary>The values of an options record by name, with those of the records inside it ("Adam.LearningRate"), as text: what two sets of options are compared by, lists by their entries.</summary>
internal static class OptionFields
{
    /// <summary>Adds all fields below a name.</summary>
    /// <param name="fields">Where to add them.</param>
    /// <param name="name">The name of the whole.</param>
    /// <param name="value">A record, a number, text, a list of such, or <see langword="null"/>.</param>
    public static void Add(IDictionary<string, string> fields, string name, object? value)
    {
        if (Show(value) is { } text)
        {
            fields[name] = text;
            return;
        }

        // Kinds of options, such as the two ranking losses, are told apart by their types.
        if (value!.GetType().BaseType is { IsAbstract: true })
            fields[name] = value.GetType().Name;
        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length == 0)
                Add(fields, $"{name}.{property.Name}", property.GetValue(value));
        }
    }

    private static string? Show(object? value) => value switch
    {
        null => "none",
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(v => Show(v) ?? v!.ToString()))}]",
        _ when value.GetType() is { IsValueType: true } => value.ToString(),
        _ => null,
    };
}
