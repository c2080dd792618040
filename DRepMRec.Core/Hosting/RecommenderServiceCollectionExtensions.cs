using DRepMRec.Hosting;
using DRepMRec.Serving;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds recommenders to an application.</summary>
/// <remarks>
/// Each adds <see cref="IRecommenderProvider"/> as a singleton, whose <see cref="IRecommenderProvider.Current"/> is the model of the
/// moment, and <see cref="Recommender"/> itself per scope, which in a web application is a request: all parts of a request see the same
/// model, and a singleton that asks for one is refused in development instead of keeping it for ever. Options are checked and models
/// loaded before anything else of the application starts; without a host the first use loads. Options of a key are the named options of
/// that name, so that <c>Configure</c> and <c>PostConfigure</c> add to them.
/// </remarks>
/// <example>
/// <code>
/// builder.Services.AddRecommender(builder.Configuration.GetSection("Recommender"));
/// builder.Services.AddKeyedRecommender("videos", "/models/videos.drepmrec");
/// </code>
/// </example>
public static class RecommenderServiceCollectionExtensions
{
    /// <summary>Adds the recommender of a file, which is followed when it changes.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="path">The model's file.</param>
    public static IServiceCollection AddRecommender(this IServiceCollection services, string path)
        => services.AddRecommender(options => options.Path = path);

    /// <summary>Adds a recommender by a section of the configuration.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="section">
    /// The values of <see cref="RecommenderServiceOptions"/>, followed when they change. A key or a value that isn't understood is an
    /// error.
    /// </param>
    public static IServiceCollection AddRecommender(this IServiceCollection services, IConfiguration section)
        => Add(services, Options.Options.DefaultName, section);

    /// <summary>Adds a recommender by its options.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Sets the options.</param>
    public static IServiceCollection AddRecommender(this IServiceCollection services, Action<RecommenderServiceOptions> configure)
        => Add(services, Options.Options.DefaultName, configure);

    /// <summary>Adds the recommender of a file under a key, beside others.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="key">The key of the services, and the name in logs and metrics.</param>
    /// <param name="path">The model's file.</param>
    /// <exception cref="ArgumentException">The key is empty, or "default", the name of the recommender without a key.</exception>
    public static IServiceCollection AddKeyedRecommender(this IServiceCollection services, string key, string path)
        => services.AddKeyedRecommender(key, options => options.Path = path);

    /// <summary>Adds a recommender under a key by a section of the configuration.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="key">The key of the services, and the name in logs and metrics.</param>
    /// <param name="section">
    /// The values of <see cref="RecommenderServiceOptions"/>, followed when they change. A key or a value that isn't understood is an
    /// error.
    /// </param>
    /// <exception cref="ArgumentException">The key is empty, or "default", the name of the recommender without a key.</exception>
    public static IServiceCollection AddKeyedRecommender(this IServiceCollection services, string key, IConfiguration section)
        => Add(services, CheckedKey(key), section);

    /// <summary>Adds a recommender under a key by its options.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="key">The key of the services, and the name in logs and metrics.</param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="ArgumentException">The key is empty, or "default", the name of the recommender without a key.</exception>
    public static IServiceCollection AddKeyedRecommender(
        this IServiceCollection services, string key, Action<RecommenderServiceOptions> configure)
        => Add(services, CheckedKey(key), configure);

    private static string CheckedKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return key != RecommenderProvider.WithoutKey ? key : throw new ArgumentException(
            $"Expected another key than '{key}': logs and metrics call the recommender without a key so.", nameof(key));
    }

    private static IServiceCollection Add(IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        var configuration = new RecommenderServiceConfiguration(name, section);
        services.AddSingleton<IConfigureOptions<RecommenderServiceOptions>>(configuration);
        services.AddSingleton<IOptionsChangeTokenSource<RecommenderServiceOptions>>(configuration);
        return Add(services, name);
    }

    private static IServiceCollection Add(IServiceCollection services, string name, Action<RecommenderServiceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure(name, configure);
        return Add(services, name);
    }

    private static IServiceCollection Add(IServiceCollection services, string name)
    {
        services.AddOptions<RecommenderServiceOptions>(name).ValidateOnStart();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IPostConfigureOptions<RecommenderServiceOptions>, RecommenderServiceOptionsRules>(),
            ServiceDescriptor.Singleton<IValidateOptions<RecommenderServiceOptions>, RecommenderServiceOptionsRules>(),
            ServiceDescriptor.Singleton<IHostedService, RecommenderStartup>(),
        ]);
        services.AddSingleton(new RecommenderRegistration(name));
        if (name.Length == 0)
        {
            services.TryAddSingleton<IRecommenderProvider>(s => Provider(s, name));
            services.TryAddScoped(s => s.GetRequiredService<IRecommenderProvider>().Current);
        }
        else
        {
            services.TryAddKeyedSingleton<IRecommenderProvider>(name, (s, _) => Provider(s, name));
            services.TryAddKeyedScoped(name, (s, key) => s.GetRequiredKeyedService<IRecommenderProvider>(key).Current);
        }

        return services;
    }

    private static RecommenderProvider Provider(IServiceProvider services, string name) => new(
        name,
        services.GetRequiredService<IOptionsMonitor<RecommenderServiceOptions>>(),
        services.GetService<ILogger<RecommenderProvider>>() ?? NullLogger<RecommenderProvider>.Instance,
        services.GetService<TimeProvider>() ?? TimeProvider.System);
}
