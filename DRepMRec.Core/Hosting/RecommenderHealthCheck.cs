using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DRepMRec.Hosting;

/// <summary>Whether a recommender serves what it should.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Unhealthy, or the registration's failure status: it has no model, so that requests fail.</item>
/// <item>
/// Degraded: it serves a model, but the file that is there now couldn't be loaded (<see cref="RecommenderStatus.LastError"/>), the options
/// are invalid, or the model is older than <see cref="RecommenderServiceOptions.MaxAge"/>.
/// </item>
/// <item>Healthy: otherwise.</item>
/// </list>
/// The data of the result have path, written, loaded, age (in seconds), users, items, dataset, loads, error, failed and retry.
/// </remarks>
/// <param name="provider">The recommender.</param>
/// <param name="time">The time of day, or <see langword="null"/> for the system's.</param>
/// <example>
/// <code>
/// builder.Services.AddHealthChecks().Add(RecommenderHealthCheck.Registration());
/// </code>
/// </example>
public sealed class RecommenderHealthCheck(IRecommenderProvider provider, TimeProvider? time = null) : IHealthCheck
{
    /// <summary>The registration of a check, for <c>AddHealthChecks().Add</c>.</summary>
    /// <param name="key">The key of the recommender, or <see langword="null"/> for the one without.</param>
    /// <param name="tags">Tags, by which an endpoint selects its checks.</param>
    /// <returns>A check named "recommender", or "recommender KEY".</returns>
    public static HealthCheckRegistration Registration(string? key = null, IEnumerable<string>? tags = null)
        => new(
            string.IsNullOrEmpty(key) ? "recommender" : $"recommender {key}",
            services => new RecommenderHealthCheck(
                string.IsNullOrEmpty(key)
                    ? services.GetRequiredService<IRecommenderProvider>()
                    : services.GetRequiredKeyedService<IRecommenderProvider>(key),
                services.GetService<TimeProvider>()),
            failureStatus: null, tags);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        RecommenderStatus status = provider.Status;
        DateTimeOffset now = (time ?? TimeProvider.System).GetUtcNow();
        Dictionary<string, object> data = Describe(status, now);
        HealthCheckResult result = status.LoadedAt is null
            ? new HealthCheckResult(
                context.Registration?.FailureStatus ?? HealthStatus.Unhealthy,
                $"No model is served: {status.LastError ?? "none was loaded"}", exception: null, data)
            : status.LastError is not null
                ? HealthCheckResult.Degraded($"The model of {Text(status.WrittenAt)} is served, as the one that is there now can't be: "
                    + status.LastError, exception: null, data)
                : status.Age(now) > status.MaxAge
                    ? HealthCheckResult.Degraded(
                        $"The model is of {Text(status.WrittenAt)}, older than {status.MaxAge}.", exception: null, data)
                    : HealthCheckResult.Healthy($"The model of {Text(status.WrittenAt)} is served.", data);
        return Task.FromResult(result);
    }

    private Dictionary<string, object> Describe(RecommenderStatus status, DateTimeOffset now)
    {
        var data = new Dictionary<string, object> { ["loads"] = status.Loads };
        void Add(string name, object? value)
        {
            if (value is not null)
                data[name] = value;
        }

        Add("path", status.Path);
        Add("written", status.WrittenAt);
        Add("loaded", status.LoadedAt);
        Add("age", status.Age(now)?.TotalSeconds);
        Add("error", status.LastError);
        Add("failed", status.FailedAt);
        Add("retry", status.RetryAt);
        if (status.LoadedAt is not null && provider.Current is { } current)
        {
            Add("dataset", current.Manifest.Dataset);
            Add("users", current.Users.Count);
            Add("items", current.Items.Count);
        }

        return data;
    }

    private static string Text(DateTimeOffset? time) => time?.ToString("u", CultureInfo.InvariantCulture) ?? "";
}
