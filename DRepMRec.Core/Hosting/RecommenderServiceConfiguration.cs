using System.Globalization;
using DRepMRec.Internals;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace DRepMRec.Hosting;

/// <summary>
/// Reads the options from a section of the configuration, and follows its changes. What it doesn't understand is an error.
/// </summary>
internal sealed class RecommenderServiceConfiguration(string name, IConfiguration section)
    : IConfigureNamedOptions<RecommenderServiceOptions>, IOptionsChangeTokenSource<RecommenderServiceOptions>
{
    private static readonly Dictionary<string, Action<RecommenderServiceOptions, string>> Settings = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(RecommenderServiceOptions.Path)] = (o, text) => o.Path = text,
        [nameof(RecommenderServiceOptions.ReloadOnChange)] = (o, text) => o.ReloadOnChange = Truth(text),
        [nameof(RecommenderServiceOptions.PollInterval)] = (o, text) => o.PollInterval = Time(text),
        [nameof(RecommenderServiceOptions.MemoryMap)] = (o, text) => o.MemoryMap = Truth(text),
        [nameof(RecommenderServiceOptions.Verify)] = (o, text) => o.Verify = Truth(text),
        [nameof(RecommenderServiceOptions.RequiredAtStart)] = (o, text) => o.RequiredAtStart = Truth(text),
        [nameof(RecommenderServiceOptions.MaxAge)] = (o, text) => o.MaxAge = text.Length == 0 ? null : Time(text),
    };

    public string Name => name;

    public IChangeToken GetChangeToken() => section.GetReloadToken();

    public void Configure(RecommenderServiceOptions options) => Configure(Options.DefaultName, options);

    /// <exception cref="OptionsValidationException">A key or a value isn't understood.</exception>
    public void Configure(string? optionsName, RecommenderServiceOptions options)
    {
        if (optionsName != name)
            return;
        List<string> faults = [];
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (!Settings.TryGetValue(child.Key, out Action<RecommenderServiceOptions, string>? set))
            {
                faults.Add($"{Shown.Text(child.Path)} isn't an option of a recommender; expected {string.Join(", ", Settings.Keys)}.");
            }
            else if (child.GetChildren().Any())
            {
                faults.Add($"{Shown.Text(child.Path)}: expected a value, got a section.");
            }
            else
            {
                try
                {
                    set(options, child.Value ?? "");
                }
                catch (FormatException e)
                {
                    faults.Add($"{Shown.Text(child.Path)}: {e.Message}");
                }
            }
        }

        if (faults.Count > 0)
            throw new OptionsValidationException(name, typeof(RecommenderServiceOptions), faults);
    }

    private static bool Truth(string text) => bool.TryParse(text, out bool value) ? value
        : throw new FormatException($"expected true or false, got {Shown.Text(text)}.");

    private static TimeSpan Time(string text) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan value) ? value
        : throw new FormatException($"expected a time such as 00:00:05 or 2.00:00:00 (days, hours, minutes, seconds), got "
            + $"{Shown.Text(text)}.");
}
