// Serves the model file that Recommender:Path names, in appsettings.json or as --Recommender:Path FILE:
//   GET /recommendations?user=42&count=10     POST /recommendations with a RecommendationRequest as JSON
//   GET /similar?item=1017&count=10           GET /health
using DRepMRec.Hosting;
using DRepMRec.Serving;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = 1 << 20);

// The file is followed: a new model takes the place of the old one between two requests, a damaged one is refused and logged.
builder.Services.AddRecommender(builder.Configuration.GetSection("Recommender"));
builder.Services.AddHealthChecks().Add(RecommenderHealthCheck.Registration());

// Generated contracts, so that the service can be trimmed (-p:PublishTrimmed=true) or compiled natively (-p:PublishAot=true).
builder.Services.ConfigureHttpJsonOptions(http => http.SerializerOptions.TypeInfoResolverChain.Insert(0, ServingJson.TypeInfoResolver));
builder.Services.AddProblemDetails();

WebApplication app = builder.Build();

app.MapGet("/recommendations", (Recommender recommender, string user, int count = 10)
    => IsCount(count) ? Results.Ok(recommender.Recommend(user, count)) : WrongCount());

app.MapPost("/recommendations", (Recommender recommender, RecommendationRequest request) =>
{
    if (!IsCount(request.Count))
        return WrongCount();
    if (request.Pool > 10_000 || request.History.Count > 1000 || request.Where.Count > 32 || request.Boosts.Count > 32
        || request.Quotas.Count > 32)
        return WrongSize();
    try
    {
        return Results.Ok(recommender.Recommend(request));
    }
    catch (ArgumentException e)
    {
        // It asks for metadata or a space that the model doesn't have.
        return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
    }
});

app.MapGet("/similar", (Recommender recommender, string item, int count = 10)
    => IsCount(count) ? Results.Ok(recommender.SimilarItems(item, count)) : WrongCount());

app.MapHealthChecks("/health");

app.Run();

static bool IsCount(int count) => count is >= 0 and <= 1000;

static IResult WrongSize() => Results.Problem(
    "Expected a pool of at most 10000, a history of at most 1000 items, and at most 32 conditions, boosts and quotas each.",
    statusCode: StatusCodes.Status400BadRequest);

static IResult WrongCount() => Results.Problem("Expected a count of 0 to 1000.", statusCode: StatusCodes.Status400BadRequest);
