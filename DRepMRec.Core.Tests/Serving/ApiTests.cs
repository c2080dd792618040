using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Hosting;
using DRepMRec.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServeRecommendations;

namespace DRepMRec.Tests.Serving;

/// <summary>Requests to the sample's API.</summary>
public sealed class ApiTests : ApiTestBase
{
    [Fact]
    public async Task Recommends_to_users_and_histories_and_says_why()
    {
        string user = Served.Data.Users[5];
        JsonElement answer = await Get($"/users/{user}/recommendations?count=4&why=true");
        answer.GetProperty("source").GetString().Should().Be("User");
        var expected = Served.Recommender.Recommend(user, 4);
        answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("item").GetString())
            .Should().Equal(expected.Select(r => r.Item));
        JsonElement why = answer.GetProperty("items")[0].GetProperty("why");
        (why.GetProperty("behavior").GetSingle() + why.GetProperty("modalities").EnumerateObject().Sum(m => m.Value.GetSingle()))
            .Should().BeApproximately(expected[0].Score, 1e-4f);
        (await Get("/users/nobody/recommendations")).GetProperty("source").GetString().Should().Be("Popularity");
        (await Get($"/users/{user}/history")).GetArrayLength().Should().Be(Served.Data.Train.ItemsOf(5).Length);

        using HttpResponseMessage posted = await Client.PostAsJsonAsync("/recommendations",
            new { history = Served.Recommender.History(user), count = 3, excluded = new[] { expected[0].Item } });
        JsonElement folded = await posted.Content.ReadFromJsonAsync<JsonElement>();
        folded.GetProperty("source").GetString().Should().Be("FoldIn");
        folded.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("item").GetString()).Should().HaveCount(3)
            .And.NotContain(expected[0].Item);
    }

    [Fact]
    public async Task A_request_may_have_everything_that_requests_have()
    {
        string[] ids = [.. Enumerable.Range(0, Served.Data.Items.Count).Select(i => Served.Data.Items[i])];
        ItemMetadata metadata = ItemMetadata.Of(ids,
            MetadataColumn.Category("shape", [.. ids.Select((_, n) => n % 2 == 0 ? "round" : "square")]),
            MetadataColumn.Number("price", [.. ids.Select((_, n) => (double?)n)]),
            MetadataColumn.Text("title", [.. ids.Select((_, n) => $"Thing {n}")]));
        App.Services.GetRequiredService<IRecommenderProvider>().Update(r => r.WithMetadata(metadata));
        var request = new RecommendationRequest
        {
            UserId = Served.Data.Users[5],
            Count = 6,
            Where = [new() { Column = "price", Max = 150 }],
            Boosts = [new() { Where = new() { Column = "shape", In = ["round"] }, Weight = 0.5 }],
            Quotas = [new() { Column = "shape", Max = 3 }],
            Diversity = new Diversity { Lambda = 0.6 },
            Exploration = new Exploration { Temperature = 0.2, Seed = 3 },
        };
        using var body = new StringContent(
            JsonSerializer.Serialize(request, ServingJson.SerializerOptions), Encoding.UTF8, "application/json");
        using HttpResponseMessage posted = await Client.PostAsync("/recommendations?why=true", body);
        JsonElement answer = await posted.Content.ReadFromJsonAsync<JsonElement>();
        JsonElement[] items = [.. answer.GetProperty("items").EnumerateArray()];
        items.Select(i => i.GetProperty("item").GetString())
            .Should().Equal(Served.Recommender.WithMetadata(metadata).Recommend(request).Select(r => r.Item));
        items.Should().OnlyContain(i => i.GetProperty("why").ValueKind == JsonValueKind.Object
            && i.GetProperty("title").GetString()!.StartsWith("Thing "));
        (await Get("/search?text=THING%2017")).EnumerateArray().First().GetProperty("item").GetString().Should().Be(ids[17]);
        (await Get("/shelves")).GetProperty("columns")[1].GetProperty("max").GetDouble().Should().Be(ids.Length - 1);

        await RequireProblem(await Client.PostAsJsonAsync("/recommendations", new { where = new[] { new { column = "colour" } } }),
            HttpStatusCode.BadRequest, "colour");
        await RequireProblem(await Client.PostAsJsonAsync("/recommendations", new { diversity = new { lambda = 2 } }),
            HttpStatusCode.BadRequest, "2");
        await RequireProblem(await Client.PostAsJsonAsync("/recommendations", new { pool = 10_001 }),
            HttpStatusCode.BadRequest, "Expected at most 10000, got 10001.");
    }

    [Fact]
    public async Task Pictures_of_otherFolders_are_not_served()
    {
        string inside = Directory.CreateDirectory(Folder["pictures"]).FullName;
        byte[] picture = [0x89, (byte)'P', (byte)'N', (byte)'G'];
        Folder.With("secret.png", picture);
        await File.WriteAllBytesAsync(Path.Combine(inside, "a.png"), picture);
        await File.WriteAllBytesAsync(Path.Combine(inside, "b.txt"), picture);
        string[] paths = ["a.png", "b.txt", "../secret.png", Folder["secret.png"], "none.png"];
        await using WebApplication app = Api.Build(WebApplication.CreateBuilder(
        [
            "--urls", "http://127.0.0.1:0", "--Recommender:Path", Folder["model"], "--Logging:LogLevel:Default", "Warning",
            "--Shelf:PictureFolder", inside,
        ]));
        await app.StartAsync();
        string[] ids = [.. Enumerable.Range(0, paths.Length).Select(i => Served.Data.Items[i])];
        app.Services.GetRequiredService<IRecommenderProvider>()
            .Update(r => r.WithMetadata(ItemMetadata.Of(ids, MetadataColumn.Text("picture", paths))));
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        (await client.GetByteArrayAsync($"/pictures?item={ids[0]}")).Should().Equal(picture);
        foreach (string id in ids[1..])
            (await client.GetAsync($"/pictures?item={id}")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_form_that_is_none_is_refused()
    {
        using var content = new ByteArrayContent("x"u8.ToArray());
        content.Headers.ContentType = new("multipart/form-data");
        await RequireProblem(await Client.PostAsync("/items", content), HttpStatusCode.BadRequest, "boundary");
    }

    [Fact]
    public async Task A_filter_in_a_request_that_no_request_has_is_refused()
        => (await Client.PostAsJsonAsync("/recommendations", new { history = new[] { Served.Data.Items[0] }, filter = new[] { "x" } }))
            .StatusCode.Should().Be(HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("12.5", 12.5)]
    [InlineData(" -1e2 ", -100.0)]
    [InlineData("12,50", null)]
    [InlineData("1,000", null)]
    [InlineData("NaN", null)]
    public void A_number_that_is_typed_has_a_point_and_no_commas(string text, double? expected)
    {
        var item = new NewItem("new", new Dictionary<string, string[]> { ["price"] = [text] }, null);
        ItemTable Table() => NewItem.Table([item], Shelf.Recommender, new ShelfOptions());
        if (expected is { } number)
            Table()["price"]!.NumberOf(0).Should().Be(number);
        else
            FluentActions.Invoking(Table).Should().Throw<FormatException>().WithMessage($"Expected a number as price, got '{text}'.");
    }

    [Fact]
    public async Task Health_tells_of_a_bad_file()
    {
        (await Client.GetStringAsync("/healthz")).Should().Be("Healthy");
        await File.WriteAllTextAsync(Folder["model"], "no model");
        var provider = App.Services.GetRequiredService<IRecommenderProvider>();
        await provider.Invoking(p => p.ReloadAsync()).Should().ThrowAsync<ModelFileException>();
        (await Client.GetStringAsync("/healthz")).Should().Be("Degraded");
        JsonElement health = await Get("/health");
        health.GetProperty("status").GetString().Should().Be("degraded");
        (await Get($"/users/{Served.Data.Users[5]}/recommendations")).GetProperty("source").GetString().Should().Be("User");
    }

    [Fact]
    public async Task Bad_requests_get_problem_details()
    {
        Task<HttpResponseMessage> Post(string json)
            => Client.PostAsync("/recommendations", new StringContent(json, Encoding.UTF8, "application/json"));
        await RequireProblem(await Client.GetAsync("/users/a/recommendations?count=201"), HttpStatusCode.BadRequest,
            "Expected 0 to 200, got 201.");
        await RequireProblem(await Client.GetAsync("/users/a/recommendations?count=many"), HttpStatusCode.BadRequest);
        await RequireProblem(await Client.GetAsync("/users?count=-1"), HttpStatusCode.BadRequest, "Expected 0 to 200, got -1.");
        await RequireProblem(await Client.GetAsync("/nowhere"), HttpStatusCode.NotFound);
        await RequireProblem(await Post("{"), HttpStatusCode.BadRequest);
        await RequireProblem(await Post("{\"minimumScore\":NaN}"), HttpStatusCode.BadRequest);
        await RequireProblem(await Post("{\"history\":[null]}"), HttpStatusCode.BadRequest, "History has an entry that is null.");
        await RequireProblem(await Post(JsonSerializer.Serialize(new { history = Enumerable.Repeat("a", 1001) })),
            HttpStatusCode.BadRequest, "Expected at most 1000 ids, got 1001.");

        // The server refuses by the length alone; whoever sends on regardless may find the connection closed.
        using var patient = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        using var client = new HttpClient(patient) { BaseAddress = Client.BaseAddress };
        using var tooLarge = new HttpRequestMessage(HttpMethod.Post, "/recommendations")
        {
            Content = new StringContent($"{{\"userId\":\"{new string('x', 2 << 20)}\"}}", Encoding.UTF8, "application/json"),
        };
        tooLarge.Headers.ExpectContinue = true;
        await RequireProblem(await client.SendAsync(tooLarge), HttpStatusCode.RequestEntityTooLarge);
        await RequireProblem(await Client.PutAsJsonAsync("/items/a", new { features = new { image = new[] { 1f } } }),
            HttpStatusCode.BadRequest, "Item 'a': expected 12 features of 'image', got 1.");
        await RequireProblem(await Client.PutAsJsonAsync("/items/a", new { }), HttpStatusCode.BadRequest,
            "expected features of at least one of image, text.");
        await RequireProblem(await Client.PutAsJsonAsync("/items/a",
            new { features = new Dictionary<string, float[]> { ["no such/thing"] = [1] } }), HttpStatusCode.BadRequest,
                "A modality's name");
    }

    [Fact]
    public async Task The_page_and_the_document_are_there()
    {
        (await Client.GetStringAsync("/")).Should().Contain("<title>Recommendations</title>");
        JsonElement document = await Get("/openapi/v1.json");
        document.GetProperty("paths").EnumerateObject().Select(p => p.Name)
            .Should().BeEquivalentTo(
                "/health", "/users", "/history", "/recommendations", "/similar", "/shelves", "/search", "/items", "/pictures");
        document.GetProperty("paths").GetProperty("/similar").GetProperty("get").GetProperty("parameters").EnumerateArray()
            .Select(p => p.GetProperty("name").GetString())
            .Should().Equal("item", "count", "space");
    }

    [Theory]
    [InlineData("x/y")]
    [InlineData("x%2Fy")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a+b c&d=e?f#g")]
    [InlineData("日本 \ud83d\ude00")]
    [InlineData("\\\"'<>;\t")]
    [InlineData("similar")]
    public async Task Ids_may_have_any_characters(string id)
    {
        var features = Served.Features(Served.ColdItems[0]).ToDictionary(f => f.Key.Name, f => f.Value.ToArray());
        string escaped = Uri.EscapeDataString(id);
        (await Client.PutAsJsonAsync($"/items?item={escaped}", new { features })).StatusCode.Should().Be(HttpStatusCode.NoContent);
        using (HttpResponseMessage known = await Client.PostAsJsonAsync("/recommendations",
            new { userId = Served.Data.Users[0], candidates = new[] { id } }))
        {
            JsonElement answer = await known.Content.ReadFromJsonAsync<JsonElement>();
            answer.GetProperty("items")[0].GetProperty("item").GetString().Should().Be(id);
            answer.GetProperty("unknownItems").GetArrayLength().Should().Be(0);
        }

        (await Get($"/similar?item={escaped}&count=3")).GetArrayLength().Should().Be(3);
        (await Raw("GET", $"/items/{escaped}/similar?count=3"))
            .Should().StartWith("HTTP/1.1 200", "a path that is sent as it is has the id too");
        (await Raw("DELETE", $"/items/{escaped}")).Should().StartWith("HTTP/1.1 204");
        await RequireProblem(await Client.GetAsync($"/similar?item={escaped}"), HttpStatusCode.NotFound, "isn't known.");
    }

    [Fact]
    public async Task A_user_with_a_slash_gets_what_is_the_users()
    {
        string user = Served.Data.Users[5];
        string dashed = user.Replace("-", "%2D", StringComparison.Ordinal);
        dashed.Should().NotBe(user);
        (await Get($"/users/{dashed}/recommendations")).GetProperty("source").GetString().Should().Be("User");
        (await Get("/users/a%2Fb/recommendations")).GetProperty("source").GetString().Should().Be("Popularity");
        await RequireProblem(await Client.GetAsync("/users/a%2Fb/history"), HttpStatusCode.NotFound, "The user 'a/b' isn't known.");
    }

    [Theory]
    [InlineData("/users?skip=-1", "Expected 0 to 1000000000, got -1.")]
    [InlineData("/users?skip=99999999999", "Failed to bind parameter")]
    [InlineData("/users?count=", "Failed to bind parameter")]
    [InlineData("/users?cuont=1", "Expected skip, count.")]
    [InlineData("/users?count=1&count=2", "Failed to bind parameter")]
    [InlineData("/similar?item=a&space=7", "Expected Fused, Behavior, Content, got 7.")]
    [InlineData("/similar?item=a&space=nowhere", "Failed to bind parameter")]
    [InlineData("/history?user=a&user=b", "Expected one value, got 2.")]
    [InlineData("/similar", "Required parameter")]
    [InlineData("/similar?item=", "Expected 1 to 256 characters, got 0.")]
    [InlineData("/similar?item=%FF", "Expected a path and a query of percent-encoded UTF-8.")]
    [InlineData("/items/%C3/similar", "Expected a path and a query of percent-encoded UTF-8.")]
    [InlineData("/recommendations?user=", "Expected 1 to 256 characters, got 0.")]
    [InlineData("/similar?item=a&space=Fused,Content", "Expected Fused, Behavior, Content, got Fused,Content.")]
    [InlineData("/similar?item=a&space=1", "Expected Fused, Behavior, Content, got 1.")]
    [InlineData("/history?user=%ED%A0%80", "Expected a path and a query of percent-encoded UTF-8.")]
    public async Task Malformed_targets_get_problem_details(string target, string message)
        => await RequireProblem(await Client.GetAsync(target), HttpStatusCode.BadRequest, message);

    [Theory]
    [InlineData("null", "")]
    [InlineData("[]", "JSON")]
    [InlineData("{\"count\":1e999}", "JSON")]
    [InlineData("{\"minimumScore\":1e999}", "Expected a number of single precision.")]
    [InlineData("{\"cuont\":1}", "cuont")]
    [InlineData("{\"count\":1,\"count\":2}", "JSON")]
    [InlineData("{\"count\":\"5\"}", "JSON")]
    [InlineData("{\"userId\":\"\"}", "Expected 1 to 256 characters, got 0.")]
    [InlineData("{\"userId\":\"\\ud800\"}", "JSON")]
    [InlineData("{\"boosts\":[{\"where\":{\"column\":\"price\"},\"weight\":5000}]}", "Weight must be from -1000 to 1000.")]
    [InlineData("{\"where\":[{\"column\":\"price\",\"mxa\":50}]}", "mxa")]
    [InlineData("{\"quotas\":[{\"column\":\"brand\",\"max\":-1}]}", "JSON")]
    public async Task Malformed_bodies_get_problem_details(string body, string message)
        => await RequireProblem(await Client.PostAsync("/recommendations", new StringContent(body, Encoding.UTF8, "application/json")),
            HttpStatusCode.BadRequest, message);

    [Theory]
    [InlineData("foo")]
    [InlineData("utf-7")]
    public async Task Bodies_in_an_unknown_encoding_are_refused(string encoding)
    {
        using var body = new StringContent("{}");
        body.Headers.Remove("Content-Type");
        body.Headers.TryAddWithoutValidation("Content-Type", $"application/json; charset={encoding}");
        await RequireProblem(await Client.PostAsync("/recommendations", body), HttpStatusCode.UnsupportedMediaType,
            $"Expected a body in UTF-8, got the character set '{encoding}'.");
    }

    [Fact]
    public async Task An_id_with_a_slash_behind_it_is_that_id()
        => await RequireProblem(await Client.GetAsync("/items/a/"), HttpStatusCode.NotFound, "The item 'a' isn't known.");

    [Fact]
    public async Task Pages_of_users_follow_each_other()
    {
        JsonElement page = await Get("/users?skip=3&count=2");
        page.EnumerateArray().Select(u => u.GetString()).Should().Equal(Served.Data.Users[3], Served.Data.Users[4]);
        (await Get($"/users?skip={Limits.Skip}")).GetArrayLength().Should().Be(0);
    }

    [Fact]
    public void Arguments_that_nobody_reads_are_refused()
    {
        CommandLine.Fault(["--model", "x", "--urls=http://localhost:1", "--Logging:LogLevel:Default", "Debug"]).Should().BeNull();
        CommandLine.Fault(["--modle", "x"]).Should().Be("'--modle' isn't an option; --help lists them.");
        CommandLine.Fault(["x"]).Should().Be("'x' isn't an option; --help lists them.");
        CommandLine.Fault(["--model"]).Should().Be("--model: expected a value.");
        CommandLine.Fault(["--model", "--urls"]).Should().Be("--model: expected a value.");
        CommandLine.AsksForHelp(["--model", "x", "-h"]).Should().BeTrue();
        CommandLine.Help.Should().Contain("--model FILE").And.Contain("--urls URLS");
    }
}
