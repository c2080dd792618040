using ServeRecommendations;

namespace WebShop;

/// <summary>The page and the service of samples/ServeRecommendations over a shop's model.</summary>
internal static class Service
{
    /// <summary>Serves until it is cancelled, or not at all where only the model was asked for.</summary>
    public static async Task RunAsync(Shop shop, Encoders encoders, CancellationToken cancellation)
    {
        if (!shop.IsServed)
            return;
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Configuration["Recommender:Path"] = shop.Model;
        builder.Configuration["Shelf:Title"] = shop.ProductLayout.Title?.ToString() ?? "";
        builder.Configuration["Shelf:Picture"] = shop.ProductLayout.Image?.ToString() ?? "";
        builder.Configuration["Shelf:PictureFolder"] = shop.Pictures;
        builder.WebHost.UseUrls(shop.Urls);
        builder.Services.AddSingleton(encoders.Sentences);
        builder.Services.AddSingleton(encoders.Images);
        await using WebApplication app = Api.Build(builder);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (InvalidOperationException e)
        {
            throw new IOException($"The service can't start: {e.Message}", e);
        }

        Console.WriteLine($"Serving '{shop.Model}' at {string.Join(", ", app.Urls)}; Ctrl+C ends it.");
        await app.WaitForShutdownAsync(cancellation);
    }
}
