using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace DRepMRec.Serialization;

/// <summary>
/// What generated contracts lack for options: properties that aren't given keep their defaults, though they are init-only; what a property
/// refuses is a <see cref="JsonException"/>, which has its path; a name that isn't known is an error; what can't be set isn't written.
/// </summary>
internal static class OptionContract
{
    /// <summary>The change to the contract of a type of options.</summary>
    /// <typeparam name="T">A type with a public constructor without parameters.</typeparam>
    public static KeyValuePair<Type, Action<JsonTypeInfo>> Of<
        [DynamicallyAccessedMembers(
            DynamicallyAccessedMemberTypes.PublicParameterlessConstructor | DynamicallyAccessedMemberTypes.PublicProperties)] T>()
        where T : class
    {
        return KeyValuePair.Create<Type, Action<JsonTypeInfo>>(typeof(T), info =>
        {
            info.CreateObject = static () => Activator.CreateInstance<T>();
            info.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            var properties = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .ToDictionary(p => info.Options.PropertyNamingPolicy?.ConvertName(p.Name) ?? p.Name);
            for (int i = info.Properties.Count - 1; i >= 0; i--)
            {
                JsonPropertyInfo json = info.Properties[i];
                if (properties.TryGetValue(json.Name, out PropertyInfo? property) && property.SetMethod is { IsPublic: true } set
                    && !property.IsDefined(typeof(JsonIgnoreAttribute)))
                    Complete(json, set);
                else
                    info.Properties.RemoveAt(i);
            }
        });
    }

    /// <summary>The change to the contract of an abstract type: a "kind" tells which of its types it is.</summary>
    /// <param name="kinds">The types by name.</param>
    public static KeyValuePair<Type, Action<JsonTypeInfo>> Kinds<T>(params (string Name, Type Type)[] kinds) where T : class
    {
        return KeyValuePair.Create<Type, Action<JsonTypeInfo>>(typeof(T), info =>
        {
            var options = new JsonPolymorphismOptions
            {
                TypeDiscriminatorPropertyName = "kind",
                IgnoreUnrecognizedTypeDiscriminators = true,
                UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization,
            };
            foreach (var (name, type) in kinds)
                options.DerivedTypes.Add(new JsonDerivedType(type, name));
            info.PolymorphismOptions = options;

            // The abstract type itself is asked for where there is no kind or an unknown one.
            info.CreateObject = () => throw new JsonException(
                $"Expected \"{options.TypeDiscriminatorPropertyName}\" to be one of "
                + $"{string.Join(", ", options.DerivedTypes.Select(t => t.TypeDiscriminator))}.");
        });
    }

    private static void Complete(JsonPropertyInfo json, MethodInfo set)
    {
        MethodInvoker invoker = MethodInvoker.Create(set);
        json.Set = (options, value) =>
        {
            try
            {
                invoker.Invoke(options, value);
            }
            catch (ArgumentException e)
            {
                throw new JsonException(JsonText.Of(e), e);
            }
        };
        if (json.PropertyType == typeof(double) || json.PropertyType == typeof(float) || json.PropertyType == typeof(double?)
            || json.PropertyType == typeof(IReadOnlyList<double>))
        {
            json.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        }
    }
}
