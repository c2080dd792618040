using System.Text.Json;
using System.Text.Json.Serialization;
using DRepMRec.Hosting;
using DRepMRec.Serving;

namespace ServeRecommendations;

/// <summary>The web application over the <see cref="Recommender"/> of the moment.</summary>
internal static class Api
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = Limits.BodyBytes);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // The program says itself why it can't start, in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddRecommender(builder.Configuration.GetSection("Recommender"));
        builder.Services.AddSingleton<Catalogue>().AddSingleton<Shelf>().AddOpenApi();
        builder.Services.AddOptions<ShelfOptions>().BindConfiguration("Shelf", binder => binder.ErrorOnUnknownConfiguration = true)
            .PostConfigure<IHostEnvironment>((shelf, host) => shelf.PictureFolder = string.IsNullOrEmpty(shelf.PictureFolder) ? null
                : Path.GetFullPath(shelf.PictureFolder, host.ContentRootPath))
            .Validate<IHostEnvironment>((shelf, _) => shelf.PictureFolder is null || Directory.Exists(shelf.PictureFolder),
                "Shelf:PictureFolder: expected a folder; there is none of this name.")
            .ValidateOnStart();
        builder.Services.AddOptions<RecommenderServiceOptions>()
            .Configure<Catalogue>((options, catalogue) => options.Prepare = catalogue.PutOn);
        builder.Services.AddHealthChecks().Add(RecommenderHealthCheck.Registration());
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context =>
        {
            if (context.Exception is BadHttpRequestException bad)
                context.ProblemDetails.Detail ??= bad.InnerException is JsonException json ? $"{bad.Message} {json.Message}" : bad.Message;
        });
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ServingJson.TypeInfoResolver);
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.AllowDuplicateProperties = false;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        WebApplication app = builder.Build();
        var provider = app.Services.GetRequiredService<IRecommenderProvider>();
        bool IsWithoutModel(Exception e) => e is InvalidOperationException && provider.Status.LoadedAt is null;
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = e => e is BadHttpRequestException bad ? bad.StatusCode
                : IsWithoutModel(e) ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status500InternalServerError,
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException || IsWithoutModel(context.Exception),
        });
        app.UseStatusCodePages();
        app.Use(Limits.CheckEncoding);
        app.Use(IdsInPaths.Rewrite);
        app.UseRouting();
        app.MapOpenApi();
        app.MapHealthChecks("/healthz");
        Page.Map(app);
        Routes.Map(app);
        ItemRoutes.Map(app);
        return app;
    }
}
