using DRepMRec.Hosting;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace DRepMRec.Tests.Hosting;

/// <summary>An application in this process that serves tiny models, each of which says in its answers which one it is.</summary>
internal sealed class Hosted : IDisposable
{
    public const string User = "ann";

    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services;

    /// <param name="configure">What else the options are to be.</param>
    /// <param name="model">The number of the first model; <see langword="null"/> for none.</param>
    public Hosted(Action<RecommenderServiceOptions>? configure = null, int? model = 1)
    {
        if (model is { } number)
            Publish(number);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Log));
        services.AddSingleton<TimeProvider>(Time);
        services.AddRecommender(options =>
        {
            options.Path = Path;
            options.PollInterval = TimeSpan.FromHours(1);
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider(validateScopes: true);
    }

    public string Path => _folder["model.drepmrec"];

    public ManualTime Time { get; } = new();

    public ListLog Log { get; } = new();

    public IServiceProvider Services => _services;

    public IRecommenderProvider Provider => _services.GetRequiredService<IRecommenderProvider>();

    public string Served => Model(Provider.Current);

    /// <summary>What there is to see of the first item of an answer.</summary>
    public static string Model(Recommender recommender) => recommender.Recommend(User)[0].Item;

    /// <summary>A model whose items are named by a number.</summary>
    public static Recommender Numbered(int number, int items = 3) => Recommender.FromEmbeddings(
        [User], [1f, 0f], [.. Enumerable.Range(0, items).Select(i => $"{number}/{i}")],
        [.. Enumerable.Range(0, items).SelectMany(i => new[] { items - i, 0f })]);

    public void Publish(int number) => Numbered(number).Save(Path);

    /// <summary>Puts a file in the model's place that isn't a sound one, whose last bytes were changed.</summary>
    public void PublishDamaged(int number)
    {
        Numbered(number).Save(Path);
        byte[] bytes = File.ReadAllBytes(Path);
        bytes[^1] ^= 0x55;
        File.WriteAllBytes(Path + ".new", bytes);
        File.Move(Path + ".new", Path, overwrite: true);
    }

    /// <summary>Looks at the file, as the provider does from time to time.</summary>
    public void Look(int times = 1)
    {
        for (int n = 0; n < times; n++)
            ((RecommenderProvider)Provider).Look();
    }

    public async Task<HealthCheckResult> CheckHealth()
    {
        HealthCheckRegistration registration = RecommenderHealthCheck.Registration();
        return await registration.Factory(Services).CheckHealthAsync(new HealthCheckContext { Registration = registration });
    }

    public void Dispose()
    {
        _services.Dispose();
        _folder.Dispose();
    }

    /// <summary>A clock that a test sets.</summary>
    internal sealed class ManualTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
