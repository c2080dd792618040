using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using ServeRecommendations;

namespace DRepMRec.Tests.Serving;

/// <summary>The sample's API on a port of the loopback interface.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private readonly WebApplication _app = Api.Build(WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0"]), Served.Recommender);
    private HttpClient _client = new();

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Recommends_to_users_and_histories_and_says_why()
    {
        string user = Served.Data.Users[5];
        JsonElement answer = await Get($"/users/{user}/recommendations?count=4&why=true");
        answer.GetProperty("source").GetString().Should().Be("User");
        var expected = Served.Recommender.Recommend(user, 4);
        answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("item").GetString()).Should().Equal(expected.Select(r => r.Item));
        JsonElement why = answer.GetProperty("items")[0].GetProperty("why");
        (why.GetProperty("behavior").GetSingle() + why.GetProperty("modalities").EnumerateObject().Sum(m => m.Value.GetSingle())).Should().BeApproximately(expected[0].Score, 1e-4f);
        (await Get("/users/nobody/recommendations")).GetProperty("source").GetString().Should().Be("Popularity");
        (await Get($"/users/{user}/history")).GetArrayLength().Should().Be(Served.Data.Train.ItemsOf(5).Length);

        using HttpResponseMessage posted = await _client.PostAsJsonAsync("/recommendations", new { history = Served.Recommender.History(user), count = 3, excluded = new[] { expected[0].Item } });
        JsonElement folded = await posted.Content.ReadFromJsonAsync<JsonElement>();
        folded.GetProperty("source").GetString().Should().Be("FoldIn");
        folded.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("item").GetString()).Should().HaveCount(3).And.NotContain(expected[0].Item);
    }

    [Fact]
    public async Task Items_are_put_found_and_retired()
    {
        var features = Served.Features(Served.ColdItems[0]).ToDictionary(f => f.Key.Name, f => f.Value.ToArray());
        (await _client.PutAsJsonAsync("/items/brand%20new", new { features })).StatusCode.Should().Be(HttpStatusCode.NoContent);
        JsonElement similar = await Get("/items/brand%20new/similar?count=1&space=Content");
        similar[0].GetProperty("item").GetString().Should().Be(Served.Data.Items[Served.ColdItems[0]]);
        (await Get("/health")).GetProperty("items").GetInt32().Should().Be(Served.Recommender.Items.Count + 1);
        (await _client.DeleteAsync("/items/brand%20new")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        await RequireProblem(await _client.GetAsync("/items/brand%20new/similar"), HttpStatusCode.NotFound, "The item 'brand new' isn't known.");
        await RequireProblem(await _client.DeleteAsync("/items/brand%20new"), HttpStatusCode.NotFound, "The item 'brand new' isn't known.");
    }

    [Fact]
    public async Task Bad_requests_get_problem_details()
    {
        Task<HttpResponseMessage> Post(string json) => _client.PostAsync("/recommendations", new StringContent(json, Encoding.UTF8, "application/json"));
        await RequireProblem(await _client.GetAsync("/users/a/recommendations?count=201"), HttpStatusCode.BadRequest, "Expected 0 to 200, got 201.");
        await RequireProblem(await _client.GetAsync("/users/a/recommendations?count=many"), HttpStatusCode.BadRequest);
        await RequireProblem(await _client.GetAsync("/users?count=-1"), HttpStatusCode.BadRequest, "Expected 0 to 200, got -1.");
        await RequireProblem(await _client.GetAsync("/nowhere"), HttpStatusCode.NotFound);
        await RequireProblem(await Post("{"), HttpStatusCode.BadRequest);
        await RequireProblem(await Post("{\"minimumScore\":NaN}"), HttpStatusCode.BadRequest);
        await RequireProblem(await Post("{\"history\":[null]}"), HttpStatusCode.BadRequest, "Expected ids of at most 256 characters.");
        await RequireProblem(await Post(JsonSerializer.Serialize(new { history = Enumerable.Repeat("a", 1001) })), HttpStatusCode.BadRequest, "Expected at most 1000 ids, got 1001.");

        // The server refuses by the length alone; whoever sends on regardless may find the connection closed.
        using var tooLarge = new HttpRequestMessage(HttpMethod.Post, "/recommendations") { Content = new StringContent($"{{\"userId\":\"{new string('x', 2 << 20)}\"}}", Encoding.UTF8, "application/json") };
        tooLarge.Headers.ExpectContinue = true;
        await RequireProblem(await _client.SendAsync(tooLarge), HttpStatusCode.RequestEntityTooLarge);
        await RequireProblem(await _client.PutAsJsonAsync("/items/a", new { features = new { image = new[] { 1f } } }), HttpStatusCode.BadRequest, "Item 'a': expected 12 features of 'image', got 1.");
        await RequireProblem(await _client.PutAsJsonAsync("/items/a", new { }), HttpStatusCode.BadRequest, "expected features of at least one of image, text.");
        await RequireProblem(await _client.PutAsJsonAsync("/items/a", new { features = new Dictionary<string, float[]> { ["no such/thing"] = [1] } }), HttpStatusCode.BadRequest, "A modality's name");
    }

    [Fact]
    public async Task The_page_and_the_document_are_there()
    {
        (await _client.GetStringAsync("/")).Should().Contain("<title>Recommendations</title>");
        JsonElement document = await Get("/openapi/v1.json");
        document.GetProperty("paths").EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo(
            "/health", "/users", "/users/{id}/history", "/users/{id}/recommendations", "/recommendations", "/items/{id}/similar", "/items/{id}");
    }

    private Task<JsonElement> Get(string path) => _client.GetFromJsonAsync<JsonElement>(path);

    private static async Task RequireProblem(HttpResponseMessage response, HttpStatusCode status, string message = "")
    {
        using (response)
        {
            string body = await response.Content.ReadAsStringAsync();
            response.StatusCode.Should().Be(status, body);
            response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
            JsonDocument.Parse(body).RootElement.GetProperty("status").GetInt32().Should().Be((int)status);
            if (message.Length > 0)
                body.Replace("\\u0027", "'", StringComparison.Ordinal).Should().Contain(message);
        }
    }
}
