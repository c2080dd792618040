using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace DRepMRec.Internals;

/// <summary>The values of options as text, by name with the records inside them ("Adam.LearningRate"), to compare and to show.</summary>
/// <remarks>
/// Options may be anybody's: those that lead back to themselves are named once, and long texts are cut and told apart by their hash.
/// </remarks>
[RequiresUnreferencedCode(Untrimmed.Message)]
internal static class OptionFields
{
    private const int MaxTextLength = 1000;

    /// <summary>Adds all fields below a name.</summary>
    /// <param name="fields">Where the fields are added.</param>
    /// <param name="name">The name of the whole.</param>
    /// <param name="value">Options: an object with public properties; or a number, a text, a list, or <see langword="null"/>.</param>
    /// <exception cref="InvalidOperationException">A property can't be read, or the options go deeper than any do.</exception>
    public static void Add(IDictionary<string, string> fields, string name, object? value) => Add(fields, name, value, null, []);

    private static void Add(
        IDictionary<string, string> fields, string name, object? value, Type? declared, List<(string Name, object Value)> around)
    {
        ThrowIfTooDeep(name, around.Count);
        if (around.Find(outer => ReferenceEquals(outer.Value, value)) is { Name: { } above })
        {
            fields[name] = $"the same as {above}";
            return;
        }

        if (Text(name, value, 0) is { } text)
        {
            fields[name] = Short(text);
            return;
        }

        if (Elements(value) is { } list)
        {
            AddElements(fields, name, list, declared ?? value!.GetType(), [.. around, (name, value!)]);
            return;
        }

        // Kinds of options, such as ranking losses, fusions or what implements an interface, are told apart by their types.
        if (IsKind(value!.GetType(), declared))
            fields[name] = value.GetType().Name;
        around.Add((name, value));
        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length == 0 && property.CanRead)
            {
                string inner = $"{name}.{property.Name}";
                Add(fields, inner, Read(inner, property, value), property.PropertyType, around);
            }
        }

        around.RemoveAt(around.Count - 1);
    }

    /// <summary>Whether a type is one of several that could be there: it has a base, or what holds it was declared as another.</summary>
    private static bool IsKind(Type type, Type? declared)
        => (type.BaseType is { } above && above != typeof(object))
            || (declared is not null && (Nullable.GetUnderlyingType(declared) ?? declared) != type);

    private static void AddElements(
        IDictionary<string, string> fields, string name, IEnumerable list, Type declared, List<(string Name, object Value)> around)
    {
        int count = 0;
        foreach (object? element in list)
        {
            if (element is not null && IsPair(element.GetType()))
            {
                Type[] types = element.GetType().GenericTypeArguments;
                Add(fields, $"{name}[{count}].Key", Part(element, "Key"), types[0], around);
                Add(fields, $"{name}[{count++}].Value", Part(element, "Value"), types[1], around);
            }
            else
            {
                Add(fields, $"{name}[{count}]", element, ElementType(declared, count++), around);
            }
        }

        fields[name] = count.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What a list, memory or a tuple declares one of its elements as.</summary>
    private static Type ElementType(Type list, int place)
    {
        if (typeof(ITuple).IsAssignableFrom(list) || (list.IsGenericType && IsMemory(list.GetGenericTypeDefinition())))
            return list.GenericTypeArguments.ElementAtOrDefault(list.GenericTypeArguments.Length == 1 ? 0 : place) ?? typeof(object);
        return list.GetInterfaces().Prepend(list)
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            ?.GenericTypeArguments[0] ?? typeof(object);
    }

    private static object? Read(string name, PropertyInfo property, object options)
    {
        try
        {
            return property.GetValue(options);
        }
        catch (TargetInvocationException exception)
        {
            string message = exception.InnerException?.Message ?? exception.Message;
            throw new InvalidOperationException(
                $"The option {name} of {options.GetType().Name} can't be read: {message}", exception.InnerException);
        }
    }

    /// <summary>
    /// The text of a value that isn't options itself. Records, classes outside of frameworks, values that say no more than their type, and
    /// lists of such are looked into.
    /// </summary>
    private static string? Text(string name, object? value, int depth)
    {
        ThrowIfTooDeep(name, depth);
        return value switch
        {
            null => "none",
            string text => text,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            Delegate method => string.Join(" + ", method.GetInvocationList().Select(one => $"{one.Method.DeclaringType}: {one.Method}")),
            _ when Elements(value) is { } list => List(name, list, depth),
            _ when IsPair(value.GetType()) => List(name, new[] { Part(value, "Key"), Part(value, "Value") }, depth),
            _ when value.GetType().IsValueType => HasOwnText(value.GetType()) ? value.ToString() ?? "" : null,
            _ when value.GetType().Namespace is { } space && IsFramework(space) => value.ToString() ?? "",
            _ => null,
        };
    }

    /// <summary>The elements in brackets; <see langword="null"/> where one is options itself.</summary>
    private static string? List(string name, IEnumerable list, int depth)
    {
        string?[] texts = [.. list.Cast<object?>().Select(element => Text(name, element, depth + 1)
            ?? (!IsPair(element!.GetType()) && Elements(element) is null && HasOwnText(element.GetType()) ? element.ToString() : null))];
        return texts.Contains(null) ? null : $"[{string.Join(", ", texts)}]";
    }

    private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private static object? Part(object pair, string name) => pair.GetType().GetProperty(name)!.GetValue(pair);

    /// <summary>The elements of a list, of memory, or of a tuple; <see langword="null"/> for anything else.</summary>
    private static IEnumerable? Elements(object? value) => value switch
    {
        IEnumerable list => list,
        ITuple tuple => Enumerable.Range(0, tuple.Length).Select(n => tuple[n]),
        not null when value.GetType() is { IsGenericType: true } type && IsMemory(type.GetGenericTypeDefinition())
            => (IEnumerable)type.GetMethod("ToArray")!.Invoke(value, null)!,
        _ => null,
    };

    private static bool IsMemory(Type type) => type == typeof(Memory<>) || type == typeof(ReadOnlyMemory<>);

    // A record's own text quotes its members by theirs, and any other type's by default is its name.
    private static bool HasOwnText(Type type)
        => type.GetMethod(nameof(ToString), Type.EmptyTypes)! is var method && method.DeclaringType != typeof(ValueType)
            && method.DeclaringType != typeof(object) && !method.IsDefined(typeof(CompilerGeneratedAttribute));

    /// <summary>Unicode text of bounded length, as files can hold it: what is longer is told apart by its hash.</summary>
    private static string Short(string text)
    {
        string unicode = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        if (unicode == text && text.Length <= MaxTextLength)
            return text;
        int shown = Math.Min(unicode.Length, MaxTextLength / 10);
        if (shown > 0 && char.IsHighSurrogate(unicode[shown - 1]))
            shown--;
        return $"{unicode[..shown]}… ({text.Length} characters, SHA-256 {Hash(text)})";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(text)))[..16];

    private static void ThrowIfTooDeep(string name, int depth)
    {
        if (depth > 32)
            throw new InvalidOperationException($"The options {Shown.Text(name)} go on inside themselves without end.");
    }

    private static bool IsFramework(string space)
        => space.Split('.')[0] is "System" or "TorchSharp";
}
