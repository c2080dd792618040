// Serves the model file that Recommender:Path names, in appsettings.json or as --Recommender:Path FILE:
//   GET /recommendations?user=42&count=10     GET /similar?item=1017&count=10     GET /health
using DRepMRec.Serving;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(services => Recommender.Load(
    services.GetRequiredService<IConfiguration>()["Recommender:Path"]
    ?? throw new InvalidOperationException("Recommender:Path names no model file.")));

WebApplication app = builder.Build();
app.Services.GetRequiredService<Recommender>(); // A file that is damaged or missing stops the start, not the first request.

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

app.MapGet("/health", (Recommender recommender) => new { Users = recommender.Users.Count, Items = recommender.Items.Count });

app.Run();

static object Scored(Recommendation recommendation) => new { recommendation.Item, recommendation.Score };
