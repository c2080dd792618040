using System.Text.Json;
using System.Text.Json.Serialization;
using DRepMRec.Data;
using DRepMRec.Hosting;
using DRepMRec.Serving;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ServeRecommendations;

/// <summary>
/// The web application: everything it can be asked, each in a few lines over the <see cref="Recommender"/> of the moment. Ids are
/// parameters of the query, where they may have any characters.
/// </summary>
internal static class Api
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = Limits.BodyBytes);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // The program says itself why it can't start, in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddRecommender(builder.Configuration.GetSection("Recommender"));
        builder.Services.AddSingleton<Catalogue>().AddOpenApi();
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
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.AllowDuplicateProperties = false;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        WebApplication app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = e => e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
        });
        app.UseStatusCodePages();
        app.Use(Limits.CheckEncoding);
        app.Use(IdsInPaths.Rewrite);
        app.UseRouting();
        Map(app);
        return app;
    }

    public static ValidationProblem Invalid(string field, string message)
        => TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });

    private static void Map(WebApplication app)
    {
        app.MapOpenApi();
        app.MapHealthChecks("/healthz");
        app.MapGet("/", () => Results.Stream(typeof(Api).Assembly.GetManifestResourceStream("index.html")!,
            "text/html; charset=utf-8")).ExcludeFromDescription();
        app.MapGet("/health", ReadHealth).AddEndpointFilter(new KnownParameters())
            .WithSummary("Whether the service is up, and what it serves.");
        app.MapGet("/users", ListUsers).AddEndpointFilter(new KnownParameters("skip", "count"))
            .WithSummary("Known users, a page at a time.");
        app.MapGet("/history", ReadHistory).AddEndpointFilter(new KnownParameters("user"))
            .WithSummary("The items that a user had in training. Also /users/{id}/history.");
        app.MapGet("/recommendations", RecommendToUser).AddEndpointFilter(new KnownParameters("user", "count", "excludeSeen", "why"))
            .WithSummary("Recommendations for a user. One that isn't known gets what is popular; 'source' tells. Also "
                + "/users/{id}/recommendations.");
        app.MapPost("/recommendations", Recommend).AddEndpointFilter(new KnownParameters())
            .WithSummary("Recommendations for a user or a history, among candidates, without items, with reasons.");
        app.MapGet("/similar", FindSimilar).AddEndpointFilter(new KnownParameters("item", "count", "space"))
            .WithSummary("The items most similar to an item: fused, by behavior, or by content. Also /items/{id}/similar.");
        app.MapPut("/items", PutItem).AddEndpointFilter(new KnownParameters("item"))
            .WithSummary("Adds an item, or replaces it, by its features. Also /items/{id}.");
        app.MapDelete("/items", RetireItem).AddEndpointFilter(new KnownParameters("item"))
            .WithSummary("Retires an item: it's no longer recommended. Also /items/{id}.");
    }

    private static Health ReadHealth(Recommender r, IRecommenderProvider provider)
    {
        RecommenderStatus status = provider.Status;
        Dictionary<string, int> features = r.FeatureDimensions.ToDictionary(f => f.Key.Name, f => f.Value);
        string verdict = status.LastError is null ? "ok" : "degraded";
        return new Health(verdict, r.Manifest.Dataset, r.Users.Count, r.Items.Count, r.Manifest.FormatVersion, features)
        {
            Written = status.WrittenAt,
            Loads = status.Loads,
        };
    }

    private static Results<Ok<IReadOnlyList<string>>, ValidationProblem> ListUsers(Recommender r, int skip = 0, int count = 50)
    {
        if (Limits.CheckRange("count", count, Limits.Count) is { Count: > 0 } wrongCount)
            return TypedResults.ValidationProblem(wrongCount);
        if (Limits.CheckRange("skip", skip, Limits.Skip) is { Count: > 0 } wrongSkip)
            return TypedResults.ValidationProblem(wrongSkip);
        return TypedResults.Ok(r.Users.Page(skip, count));
    }

    private static Results<Ok<IReadOnlyList<string>>, ValidationProblem, ProblemHttpResult> ReadHistory(string user, Recommender r)
    {
        if (Limits.CheckId("user", user) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        return r.Users.Contains(user) ? TypedResults.Ok(r.History(user)) : NotFound("user", user);
    }

    private static Results<Ok<RecommendationAnswer>, ValidationProblem> RecommendToUser(
        string user, Recommender r, int count = 10, bool excludeSeen = true, bool why = false)
        => Recommend(new RecommendationQuery { UserId = user, Count = count, ExcludeSeen = excludeSeen, Why = why }, r);

    private static Results<Ok<RecommendationAnswer>, ValidationProblem> Recommend(RecommendationQuery query, Recommender r)
    {
        if (Limits.Check(query) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        var request = new RecommendationRequest
        {
            UserId = query.UserId,
            History = query.History ?? [],
            Count = query.Count,
            ExcludeSeen = query.ExcludeSeen,
            Candidates = query.Candidates,
            Excluded = query.Excluded ?? [],
            MinimumScore = query.MinimumScore ?? float.NegativeInfinity,
        };
        RecommendationList list = r.Recommend(request);
        RecommendedItem[] items = [.. list
            .Select(i => new RecommendedItem(i.Item, i.Score, query.Why && r.Explain(request, i.Item) is { } why ? Reasons(why) : null))];
        return TypedResults.Ok(new RecommendationAnswer(list.Source, items, list.UnknownItems));
    }

    private static Results<Ok<IEnumerable<ScoredItem>>, ValidationProblem, ProblemHttpResult> FindSimilar(
        string item, Recommender r, HttpRequest request, int count = 10, RepresentationSpace space = RepresentationSpace.Fused)
    {
        if (Limits.CheckId("item", item) is { Count: > 0 } wrongId)
            return TypedResults.ValidationProblem(wrongId);
        if (Limits.CheckRange("count", count, Limits.Count) is { Count: > 0 } wrongCount)
            return TypedResults.ValidationProblem(wrongCount);
        string[] spaces = Enum.GetNames<RepresentationSpace>();
        if (request.Query["space"] is [{ } named] && !spaces.Contains(named, StringComparer.OrdinalIgnoreCase))
            return Invalid("space", $"Expected {string.Join(", ", spaces)}, got {named}.");
        if (!r.Items.Contains(item))
            return NotFound("item", item);
        return TypedResults.Ok(r.SimilarItems(item, count, space).Select(i => new ScoredItem(i.Item, i.Score)));
    }

    private static Results<NoContent, ValidationProblem, ProblemHttpResult> PutItem(
        string item, ItemFeaturesBody body, Catalogue catalogue, IRecommenderProvider provider)
    {
        if (Limits.CheckId("item", item) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        try
        {
            IReadOnlyDictionary<string, float[]> numbers = body.Features ?? new Dictionary<string, float[]>();
            var features = new Dictionary<Modality, ReadOnlyMemory<float>>();
            foreach (var (name, values) in numbers)
            {
                if (!features.TryAdd(new Modality(name), values))
                    return Invalid("features", $"Each modality must occur once; '{name}' is there twice.");
            }

            return catalogue.TryPut(provider, new ItemContent(item, features)) ? TypedResults.NoContent()
                : Conflict($"The catalogue has {Limits.AddedItems} items more than the model that was loaded, the most there may be. Train "
                    + "anew, or retire some.");
        }
        catch (ArgumentException e)
        {
            return Invalid("features", e.Message.Split(" (Parameter ", 2)[0]);
        }
        catch (InvalidOperationException e)
        {
            return Conflict(e.Message);
        }
    }

    private static Results<NoContent, ValidationProblem, ProblemHttpResult> RetireItem(
        string item, Catalogue catalogue, IRecommenderProvider provider)
    {
        if (Limits.CheckId("item", item) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        if (!provider.Current.Items.Contains(item))
            return NotFound("item", item);
        catalogue.Retire(provider, item);
        return TypedResults.NoContent();
    }

    private static Reasons Reasons(Explanation why)
    {
        ScoredItem[] supporters = [.. why.Supporters.Select(s => new ScoredItem(s.Item, s.Score))];
        return new(why.Behavior, why.Modalities.ToDictionary(m => m.Key.Name, m => m.Value), supporters, why.Unexplained);
    }

    private static ProblemHttpResult NotFound(string kind, string id)
        => TypedResults.Problem($"The {kind} '{id}' isn't known.", statusCode: StatusCodes.Status404NotFound);

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);
}
