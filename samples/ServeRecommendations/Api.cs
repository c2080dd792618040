using System.Text.Json.Serialization;
using DRepMRec.Data;
using DRepMRec.Serving;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ServeRecommendations;

/// <summary>The web application: everything it can be asked, each in a few lines over <see cref="Recommender"/>.</summary>
internal static class Api
{
    public static WebApplication Build(WebApplicationBuilder builder, Recommender recommender)
    {
        builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = Limits.BodyBytes);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddSingleton(new Catalogue(recommender)).AddProblemDetails().AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        WebApplication app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = e => e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError });
        app.UseStatusCodePages();
        app.MapOpenApi();
        app.MapGet("/", () => Results.Stream(typeof(Api).Assembly.GetManifestResourceStream("index.html")!, "text/html; charset=utf-8")).ExcludeFromDescription();
        app.MapGet("/health", ReadHealth).WithSummary("Whether the service is up, and what it serves.");
        app.MapGet("/users", ListUsers).WithSummary("Known users, a page at a time.");
        app.MapGet("/users/{id}/history", ReadHistory).WithSummary("The items that a user had in training.");
        app.MapGet("/users/{id}/recommendations", RecommendToUser).WithSummary("Recommendations for a user. One that isn't known gets what is popular; 'source' tells.");
        app.MapPost("/recommendations", Recommend).WithSummary("Recommendations for a user or a history, among candidates, without items, with reasons.");
        app.MapGet("/items/{id}/similar", FindSimilar).WithSummary("The items most similar to an item: fused, by behavior, or by content.");
        app.MapPut("/items/{id}", PutItem).WithSummary("Adds an item, or replaces it, by its features.");
        app.MapDelete("/items/{id}", RetireItem).WithSummary("Retires an item: it's no longer recommended.");
        return app;
    }

    private static Health ReadHealth(Catalogue catalogue)
    {
        Recommender r = catalogue.Current;
        return new Health("ok", r.Manifest.Dataset, r.Users.Count, r.Items.Count, r.Manifest.FormatVersion, r.FeatureDimensions.ToDictionary(f => f.Key.Name, f => f.Value));
    }

    private static Results<Ok<IEnumerable<string>>, ValidationProblem> ListUsers(Catalogue catalogue, int skip = 0, int count = 50)
        => Limits.CheckCount(count) is { Count: > 0 } errors ? TypedResults.ValidationProblem(errors) : TypedResults.Ok(catalogue.Current.Users.Skip(skip).Take(count));

    private static Results<Ok<IReadOnlyList<string>>, ProblemHttpResult> ReadHistory(string id, Catalogue catalogue)
        => catalogue.Current is { } r && r.Users.Contains(id) ? TypedResults.Ok(r.History(id)) : NotFound("user", id);

    private static Results<Ok<RecommendationAnswer>, ValidationProblem> RecommendToUser(string id, Catalogue catalogue, int count = 10, bool excludeSeen = true, bool why = false)
        => Recommend(new RecommendationQuery { UserId = id, Count = count, ExcludeSeen = excludeSeen, Why = why }, catalogue);

    private static Results<Ok<RecommendationAnswer>, ValidationProblem> Recommend(RecommendationQuery query, Catalogue catalogue)
    {
        if (Limits.Check(query) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        Recommender r = catalogue.Current;
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
        RecommendedItem[] items = [.. list.Select(i => new RecommendedItem(i.Item, i.Score, query.Why && r.Explain(request, i.Item) is { } why ? Reasons(why) : null))];
        return TypedResults.Ok(new RecommendationAnswer(list.Source, items, list.UnknownItems));
    }

    private static Results<Ok<IEnumerable<ScoredItem>>, ValidationProblem, ProblemHttpResult> FindSimilar(string id, Catalogue catalogue, int count = 10, RepresentationSpace space = RepresentationSpace.Fused)
    {
        if (Limits.CheckCount(count) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        Recommender r = catalogue.Current;
        return r.Items.Contains(id) ? TypedResults.Ok(r.SimilarItems(id, count, space).Select(i => new ScoredItem(i.Item, i.Score))) : NotFound("item", id);
    }

    private static Results<NoContent, ValidationProblem, ProblemHttpResult> PutItem(string id, ItemFeaturesBody body, Catalogue catalogue)
    {
        if (id.Length > Limits.IdLength)
            return Invalid("id", $"Expected at most {Limits.IdLength} characters, got {id.Length}.");
        try
        {
            Dictionary<Modality, ReadOnlyMemory<float>> features = (body.Features ?? new Dictionary<string, float[]>()).ToDictionary(f => new Modality(f.Key), f => (ReadOnlyMemory<float>)f.Value);
            catalogue.Change(r => r.WithItems([new ItemContent(id, features)]));
            return TypedResults.NoContent();
        }
        catch (ArgumentException e)
        {
            return Invalid("features", e.Message);
        }
        catch (InvalidOperationException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static Results<NoContent, ProblemHttpResult> RetireItem(string id, Catalogue catalogue)
    {
        if (!catalogue.Current.Items.Contains(id))
            return NotFound("item", id);
        catalogue.Change(r => r.WithoutItems([id]));
        return TypedResults.NoContent();
    }

    private static Reasons Reasons(Explanation why)
        => new(why.Behavior, why.Modalities.ToDictionary(m => m.Key.Name, m => m.Value), [.. why.Supporters.Select(s => new ScoredItem(s.Item, s.Score))], why.Unexplained);

    private static ValidationProblem Invalid(string field, string message) => TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });

    private static ProblemHttpResult NotFound(string kind, string id) => TypedResults.Problem($"The {kind} '{id}' isn't known.", statusCode: StatusCodes.Status404NotFound);
}
