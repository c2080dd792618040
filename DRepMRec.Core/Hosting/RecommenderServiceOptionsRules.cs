using DRepMRec.Internals;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DRepMRec.Hosting;

/// <summary>Makes paths absolute, and refuses options that can't be meant.</summary>
internal sealed class RecommenderServiceOptionsRules(IHostEnvironment? environment = null)
    : IPostConfigureOptions<RecommenderServiceOptions>, IValidateOptions<RecommenderServiceOptions>
{
    public void PostConfigure(string? name, RecommenderServiceOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.Path) && !options.Path.Contains('\0', StringComparison.Ordinal))
            options.Path = Path.GetFullPath(options.Path, environment?.ContentRootPath ?? Directory.GetCurrentDirectory());
    }

    public ValidateOptionsResult Validate(string? name, RecommenderServiceOptions options)
    {
        PostConfigure(name, options); // Paths may have been set after the first time, by the application's own.
        string of = string.IsNullOrEmpty(name) ? "the recommender" : $"the recommender {Shown.Text(name)}";
        List<string> faults = [];
        void Require(bool holds, string property, string expected, object? value)
        {
            if (!holds)
                faults.Add($"{property} of {of}: expected {expected}, got {value}.");
        }

        bool hasPath = !string.IsNullOrWhiteSpace(options.Path);
        Require(hasPath && Path.IsPathFullyQualified(options.Path), nameof(options.Path), "the path of a model's file",
            hasPath ? Shown.Name(options.Path) : "none");
        Require(
            options.PollInterval >= RecommenderServiceOptions.MinPollInterval
            && options.PollInterval <= RecommenderServiceOptions.MaxPollInterval,
            nameof(options.PollInterval), $"{RecommenderServiceOptions.MinPollInterval} to {RecommenderServiceOptions.MaxPollInterval}",
            options.PollInterval);
        Require(options.MaxAge is null || options.MaxAge > TimeSpan.Zero, nameof(options.MaxAge), "more than 0", options.MaxAge);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
