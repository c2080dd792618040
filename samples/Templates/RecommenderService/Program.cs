// Serves the model file that Recommender:Path names, in appsettings.json or as --Recommender:Path FILE:
//   GET /recommendations?user=42&count=10     GET /similar?item=1017&count=10     GET /health
using DRepMRec.Hosting;
using DRepMRec.Serving;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);

// The file is followed: a new model takes the place of the old one between two requests, a damaged one is refused and logged.
builder.Services.AddRecommender(builder.Configuration.GetSection("Recommender"));
builder.Services.AddHealthChecks().Add(RecommenderHealthCheck.Registration());

WebApplication app = builder.Build();

app.MapGet("/recommendations", (Recommender recommender, string user, int count = 10) =>
{
    if (count is < 0 or > 1000)
        return Results.BadRequest("Expected a count of 0 to 1000.");
    RecommendationList list = recommender.Recommend(user, count);
    return Results.Ok(new { Source = list.Source.ToString(), Items = list.Select(Scored) });
});

app.MapGet("/similar", (Recommender recommender, string item, int count = 10) => count is < 0 or > 1000
    ? Results.BadRequest("Expected a count of 0 to 1000.")
    : Results.Ok(recommender.SimilarItems(item, count).Select(Scored)));

app.MapHealthChecks("/health");

app.Run();

static object Scored(Recommendation recommendation) => new { recommendation.Item, recommendation.Score };
