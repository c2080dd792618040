using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DRepMRec.Hosting;

/// <summary>A recommender that was added to an application, by its key; "" for the one without.</summary>
internal sealed record RecommenderRegistration(string Name);

/// <summary>Loads the models of an application before anything else of it starts.</summary>
internal sealed class RecommenderStartup(IServiceProvider services, IEnumerable<RecommenderRegistration> registrations)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
        => Task.WhenAll(registrations.Select(r => r.Name).Distinct()
            .Select(name => name.Length == 0
                ? services.GetRequiredService<IRecommenderProvider>()
                : services.GetRequiredKeyedService<IRecommenderProvider>(name))
            .OfType<RecommenderProvider>().Select(provider => provider.StartAsync(cancellationToken)));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
