using DRepMRec.Hosting;
using DRepMRec.Serving;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ServeRecommendations;

/// <summary>What the service can be asked. Ids are parameters of the query, where they may have any characters.</summary>
internal static class Routes
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/health", ReadHealth).AddEndpointFilter(new KnownParameters())
            .WithSummary("Whether the service is up, and what it serves.");
        app.MapGet("/users", ListUsers).AddEndpointFilter(new KnownParameters("skip", "count"))
            .WithSummary("Known users, a page at a time.");
        app.MapGet("/history", ReadHistory).AddEndpointFilter(new KnownParameters("user"))
            .WithSummary("The items that a user had in training. Also /users/{id}/history.");
        app.MapGet("/recommendations", RecommendToUser).AddEndpointFilter(new KnownParameters("user", "count", "excludeSeen", "why"))
            .WithSummary("Recommendations for a user. One that isn't known gets what is popular; 'source' tells. Also "
                + "/users/{id}/recommendations.");
        app.MapPost("/recommendations", Recommend).AddEndpointFilter(new KnownParameters("why"))
            .WithSummary("Recommendations for a user or a history, with everything that a request may have: candidates, filters, boosts, "
                + "quotas, diversity, exploration; with reasons, if asked.");
        app.MapGet("/similar", FindSimilar).AddEndpointFilter(new KnownParameters("item", "count", "space"))
            .WithSummary("The items most similar to an item: fused, by behavior, or by content. Also /items/{id}/similar.");
    }

    public static ValidationProblem Invalid(string field, string message)
        => TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });

    public static ProblemHttpResult NotFound(string kind, string id)
        => TypedResults.Problem($"The {kind} '{id}' isn't known.", statusCode: StatusCodes.Status404NotFound);

    private static Health ReadHealth(Recommender r, IRecommenderProvider provider)
    {
        RecommenderStatus status = provider.Status;
        Dictionary<string, int> features = r.FeatureDimensions.ToDictionary(f => f.Key.Name, f => f.Value);
        string verdict = status.LastError is null && !(status.Age(DateTimeOffset.UtcNow) >= status.MaxAge) ? "ok" : "degraded";
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

    private static Results<Ok<IEnumerable<ShownItem>>, ValidationProblem, ProblemHttpResult> ReadHistory(
        string user, Recommender r, Shelf shelf)
    {
        if (Limits.CheckId("user", user) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        return r.Users.Contains(user) ? TypedResults.Ok(r.History(user).Select(i => shelf.Show(r, i))) : NotFound("user", user);
    }

    private static Results<Ok<RecommendationAnswer>, ValidationProblem> RecommendToUser(
        string user, Recommender r, Shelf shelf, int count = 10, bool excludeSeen = true, bool why = false)
    {
        if (Limits.CheckRange("count", count, Limits.Count) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        return Recommend(new RecommendationRequest { UserId = user, Count = count, ExcludeSeen = excludeSeen }, r, shelf, why);
    }

    private static Results<Ok<RecommendationAnswer>, ValidationProblem> Recommend(
        RecommendationRequest request, Recommender r, Shelf shelf, bool why = false)
    {
        if (Limits.Check(request) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        try
        {
            RecommendationList list = r.Recommend(request);
            ShownItem[] items = [.. list.Select(i => shelf.Show(r, i) with { Why = why ? Explain(request, i.Item, r, shelf) : null })];
            return TypedResults.Ok(new RecommendationAnswer(list.Source, items, list.UnknownItems));
        }
        catch (ArgumentException e)
        {
            return Invalid("request", e.Message.Split(" (Parameter ", 2)[0]);
        }
    }

    private static Results<Ok<IEnumerable<ShownItem>>, ValidationProblem, ProblemHttpResult> FindSimilar(
        string item, Recommender r, Shelf shelf, HttpRequest request, int count = 10, RepresentationSpace space = RepresentationSpace.Fused)
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
        return TypedResults.Ok(r.SimilarItems(item, count, space).Select(i => shelf.Show(r, i)));
    }

    private static Reasons? Explain(RecommendationRequest request, string item, Recommender r, Shelf shelf)
        => r.Explain(request, item) is not { } why ? null
            : new Reasons(why.Behavior, why.Modalities.ToDictionary(m => m.Key.Name, m => m.Value), why.ItemToItem, why.Popularity,
                [.. why.Supporters.Select(s => shelf.Show(r, s))], why.Unexplained);
}
