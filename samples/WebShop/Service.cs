using System.Net.Sockets;
using DRepMRec.Features;
using Microsoft.Extensions.Options;
using ServeRecommendations;

namespace WebShop;

/// <summary>The page and the service of samples/ServeRecommendations over a shop's model.</summary>
internal static class Service
{
    /// <summary>Listens for a moment where the model will be served, as what stands in the way is better known before a training.</summary>
    /// <exception cref="IOException">It can't listen there.</exception>
    public static async Task CheckAsync(Shop shop, CancellationToken cancellation)
    {
        if (!shop.IsServed)
            return;
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(shop.Urls);
        await using WebApplication probe = builder.Build();
        await StartAsync(probe, cancellation);
        await probe.StopAsync(cancellation);
    }

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
        foreach (EmbeddingEncoder encoder in encoders.Served)
            builder.Services.AddSingleton(encoder);
        await using WebApplication app = Api.Build(builder);
        await StartAsync(app, cancellation);
        Console.WriteLine($"Serving '{shop.Model}' at {string.Join(", ", app.Urls)}; Ctrl+C ends it.");
        await app.WaitForShutdownAsync(cancellation);
    }

    private static async Task StartAsync(WebApplication app, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or SocketException
            or OptionsValidationException)
        {
            throw new IOException($"The service can't start: {e.Message}", e);
        }
    }
}
