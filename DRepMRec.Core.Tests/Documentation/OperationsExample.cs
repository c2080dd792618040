using DRepMRec.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DRepMRec.Tests.Documentation;

/// <summary>The code of docs/operations.md.</summary>
internal static class OperationsExample
{
    public static void Add(HostApplicationBuilder builder)
    {
        builder.Services.AddRecommender(builder.Configuration.GetSection("Recommender"));
        builder.Services.AddHealthChecks().Add(RecommenderHealthCheck.Registration());
    }

    public static void AddTwo(HostApplicationBuilder builder)
    {
        builder.Services.AddKeyedRecommender("videos", "/models/videos.drepmrec");
        builder.Services.AddKeyedRecommender("shoes", options =>
        {
            options.Path = "/models/shoes.drepmrec";
            options.MaxAge = TimeSpan.FromDays(2);
        });
        builder.Services.AddHealthChecks().Add(RecommenderHealthCheck.Registration("videos", ["ready"]));
    }

    public static void Prepare(HostApplicationBuilder builder, IReadOnlyCollection<string> outOfStock)
    {
        builder.Services.AddRecommender(options =>
        {
            options.Path = "/models/model.drepmrec";
            options.Prepare = recommender => recommender.Items.Count < 1000
                ? throw new InvalidDataException($"Expected at least 1,000 items, got {recommender.Items.Count}.")
                : recommender.WithoutItems(outOfStock);
        });
    }
}
