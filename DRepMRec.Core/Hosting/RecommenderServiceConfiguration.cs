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
    public string Name => name;

    public IChangeToken GetChangeToken() => section.GetReloadToken();

    public void Configure(RecommenderServiceOptions options) => Configure(Options.DefaultName, options);

    /// <exception cref="OptionsValidationException">A key or a value isn't understood.</exception>
    public void Configure(string? optionsName, RecommenderServiceOptions options)
    {
        if (optionsName != name)
            return;
        try
        {
            section.ReadOptions(options, HostingJson.SerializerOptions);
        }
        catch (OptionsFormatException e)
        {
            throw new OptionsValidationException(name, typeof(RecommenderServiceOptions), [e.Message]);
        }
    }
}
