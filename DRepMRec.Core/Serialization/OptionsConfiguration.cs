using System.Text.Json;
using DRepMRec.Serialization;
using Microsoft.Extensions.Configuration;

namespace DRepMRec;

/// <summary>Reads options out of a configuration, strictly: every key and every value must be understood.</summary>
/// <remarks>
/// The names are those of the properties and don't depend on case; an abstract type, such as a loss, has the key "Kind"; what isn't given
/// stays as it is by default. docs/configuration.md has an example of everything. Safe for use by many threads.
/// </remarks>
public static class OptionsConfiguration
{
    /// <summary>Reads options out of a section by the contracts of your own choice.</summary>
    /// <typeparam name="T">The type of the options.</typeparam>
    /// <param name="section">The section that has the options' properties as keys. Where it is missing, all are the defaults.</param>
    /// <param name="json">The contracts, generated or by reflection, that the type is read by.</param>
    /// <exception cref="OptionsFormatException">A key or a value isn't understood; the message has its path.</exception>
    public static T ReadOptions<T>(this IConfiguration section, JsonSerializerOptions json) where T : class
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(json);
        return (T)new ConfigurationReader(json).Read(section, json.GetTypeInfo(typeof(T)))!;
    }

    /// <summary>
    /// Sets the properties of options that there are already, those that the section has keys of: for <c>services.Configure</c> and types
    /// whose properties can be set. What is nested is made anew.
    /// </summary>
    /// <typeparam name="T">The type of the options.</typeparam>
    /// <param name="section">The section that has the options' properties as keys.</param>
    /// <param name="options">The options.</param>
    /// <param name="json">The contracts, generated or by reflection, that the type is read by.</param>
    /// <exception cref="OptionsFormatException">A key or a value isn't understood; the message has its path.</exception>
    public static void ReadOptions<T>(this IConfiguration section, T options, JsonSerializerOptions json) where T : class
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(json);
        new ConfigurationReader(json).Read(section, json.GetTypeInfo(typeof(T)), options);
    }
}
