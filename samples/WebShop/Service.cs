using DRepMRec.Features;
using ServeRecommendations;

namespace WebShop;

/// <summary>The page and the service of samples/ServeRecommendations over a shop's model.</summary>
internal static class Service
{
    public static async Task RunAsync(Shop shop, IReadOnlyList<EmbeddingEncoder> encoders, CancellationToken cancellation)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Configuration["Recommender:Path"] = shop.Model;
        builder.Configuration["Shelf:Title"] = shop.ProductLayout.Title?.ToString();
        builder.Configuration["Shelf:Picture"] = shop.ProductLayout.Image?.ToString();
        builder.Configuration["Shelf:PictureFolder"] = shop.Pictures;
        builder.WebHost.UseUrls(shop.Urls);
        foreach (EmbeddingEncoder encoder in encoders)
            builder.Services.AddSingleton(encoder);
        await using WebApplication app = Api.Build(builder);
        await app.StartAsync(cancellation);
        Console.WriteLine($"Serving '{shop.Model}' at {string.Join(", ", app.Urls)}; Ctrl+C ends it.");
        await app.WaitForShutdownAsync(cancellation);
    }
}
