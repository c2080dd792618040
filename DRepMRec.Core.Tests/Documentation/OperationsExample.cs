using DRepMRec.Data;
using DRepMRec.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DRepMRec.Tests.Documentation;

/// <summary>The code of docs/operations.md.</summary>
internal static class OperationsExample
{
    public interface IOrderLog
    {
        Interaction[] OfTheLastDays(int days);

        string[] Forgotten();

        Task AddAsync(Interaction[] orders);
    }

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

    public static void FollowOrders(HostApplicationBuilder builder)
    {
        builder.Services.AddRecommender(builder.Configuration.GetSection("Recommender"));
        builder.Services.AddOptions<RecommenderServiceOptions>().Configure<IOrderLog>((options, log) => options.Prepare =
            recommender => recommender.WithInteractions(log.OfTheLastDays(3)).WithoutUsers(log.Forgotten()));
    }

    public static async Task Take(IOrderLog log, IRecommenderProvider provider, Interaction[] orders)
    {
        await log.AddAsync(orders);
        provider.Update(recommender => recommender.WithInteractions(orders));
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
