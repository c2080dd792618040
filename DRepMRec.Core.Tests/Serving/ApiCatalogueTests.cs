using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Hosting;
using DRepMRec.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServeRecommendations;

namespace DRepMRec.Tests.Serving;

/// <summary>Changes of the catalogue by the sample's API.</summary>
public sealed class ApiCatalogueTests : ApiTestBase
{
    [Fact]
    public async Task Items_that_a_model_cannot_encode_are_refused()
    {
        using var form = new MultipartFormDataContent { { new StringContent("new"), "item" }, { new StringContent("A title"), "title" } };
        await RequireProblem(await Client.PostAsync("/items", form), HttpStatusCode.BadRequest, "got 'title'");
        using var text = new MultipartFormDataContent { { new StringContent("new"), "item" } };
        text.Add(new ByteArrayContent("text"u8.ToArray()), "picture", "picture.png");
        await RequireProblem(await Client.PostAsync("/items", text), HttpStatusCode.BadRequest,
            "Expected a picture: PNG, JPEG, GIF or WebP.");
        using var bare = new MultipartFormDataContent { { new StringContent("new"), "item" } };
        await RequireProblem(await Client.PostAsync("/items", bare), HttpStatusCode.Conflict, "how features of items were made");
    }

    [Fact]
    public async Task Without_a_model_everything_is_unavailable_for_the_time_being()
    {
        await using WebApplication app = Api.Build(WebApplication.CreateBuilder(
            ["--urls", "http://127.0.0.1:0", "--Recommender:Path", Folder["to-come"], "--Recommender:RequiredAtStart", "false",
                "--Logging:LogLevel:Default", "None"]));
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var form = new MultipartFormDataContent { { new StringContent("new"), "item" }, { new StringContent("A title"), "title" } };
        var features = new Dictionary<string, float[]> { ["image"] = [1] };
        await RequireProblem(await client.GetAsync("/recommendations?user=a"), HttpStatusCode.ServiceUnavailable);
        await RequireProblem(await client.PutAsJsonAsync("/items/new", new { features }), HttpStatusCode.ServiceUnavailable);
        await RequireProblem(await client.PostAsync("/items", form), HttpStatusCode.ServiceUnavailable);
        await RequireProblem(await client.DeleteAsync("/items/new"), HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData("--Shelf:PicturesFolder", ".", "PicturesFolder")]
    [InlineData("--Shelf:PictureFolder", "nowhere", "Shelf:PictureFolder: expected a folder")]
    public async Task A_shelf_that_is_not_understood_stops_the_start(string key, string value, string message)
    {
        await using WebApplication app = Api.Build(WebApplication.CreateBuilder(
            ["--urls", "http://127.0.0.1:0", "--Recommender:Path", Folder["model"], key, value, "--Logging:LogLevel:Default", "None"]));
        (await FluentActions.Awaiting(() => app.StartAsync()).Should().ThrowAsync<Exception>()).Which.Message.Should().Contain(message);
    }

    [Fact]
    public async Task Items_are_put_found_and_retired()
    {
        var features = Served.Features(Served.ColdItems[0]).ToDictionary(f => f.Key.Name, f => f.Value.ToArray());
        (await Client.PutAsJsonAsync("/items/brand%20new", new { features })).StatusCode.Should().Be(HttpStatusCode.NoContent);
        JsonElement similar = await Get("/items/brand%20new/similar?count=1&space=Content");
        similar[0].GetProperty("item").GetString().Should().Be(Served.Data.Items[Served.ColdItems[0]]);
        (await Get("/health")).GetProperty("items").GetInt32().Should().Be(Served.Recommender.Items.Count + 1);
        (await Client.DeleteAsync("/items/brand%20new")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        await RequireProblem(await Client.GetAsync("/items/brand%20new/similar"), HttpStatusCode.NotFound,
            "The item 'brand new' isn't known.");
        await RequireProblem(await Client.DeleteAsync("/items/brand%20new"), HttpStatusCode.NotFound, "The item 'brand new' isn't known.");
    }

    [Fact]
    public async Task A_new_file_is_served_with_the_changes_of_the_catalogue()
    {
        var features = Served.Features(Served.ColdItems[0]).ToDictionary(f => f.Key.Name, f => f.Value.ToArray());
        string retired = Served.Data.Items[3];
        (await Client.PutAsJsonAsync("/items/new", new { features })).StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await Client.DeleteAsync($"/items/{retired}")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        var provider = App.Services.GetRequiredService<IRecommenderProvider>();
        await provider.ReloadAsync();
        JsonElement health = await Get("/health");
        (health.GetProperty("loads").GetInt32(), health.GetProperty("items").GetInt32()).Should().Be((2, Served.Recommender.Items.Count));
        (await Get("/items/new/similar?count=3")).GetArrayLength().Should().Be(3);
        (await Client.GetAsync($"/items/{retired}/similar")).StatusCode.Should().Be(HttpStatusCode.NotFound);

        Recommender.FromEmbeddings(["ann"], [1f], ["shoe", retired], [1f, 2f]).Save(Folder["model"]);
        await provider.ReloadAsync();
        (await Get("/health")).GetProperty("items").GetInt32().Should().Be(1, "that model takes no items, and one of its own is retired");
    }

    [Fact]
    public async Task An_item_that_the_next_file_cannot_take_takes_no_other_with_it()
    {
        int item = Served.ColdItems.First(i => Served.Data.Features.All(f => f.Present[i]));
        var all = Served.Features(item).ToDictionary(f => f.Key.Name, f => f.Value.ToArray());
        string[] names = [.. Enumerable.Range(0, 6).Select(n => $"{(n % 2 == 0 ? "image" : "text")}-{n}")];
        foreach (string name in names)
        {
            var features = all.Where(f => name.StartsWith(f.Key, StringComparison.Ordinal)).ToDictionary();
            (await Client.PutAsJsonAsync($"/items/{name}", new { features })).StatusCode.Should().Be(HttpStatusCode.NoContent);
        }

        RecDataset image = new("image", Served.Data.Users, Served.Data.Items, Served.Data.Splits, [Served.Data.Features[0]]);
        using DRepMRecModel model = DRepMRecModel.Create(image, new DRepMRecOptions { EmbeddingDim = 8 });
        Recommender next = new Trainer(model, image, new TrainerOptions { MaxEpochs = 1 }).Fit().BuildRecommender();
        var catalogue = App.Services.GetRequiredService<Catalogue>();
        Taken(next).Should().Equal(names.Where(name => name.StartsWith("image", StringComparison.Ordinal)));
        Taken(Served.Recommender).Should().HaveCount(3, "what one file couldn't take is lost");

        IEnumerable<string> Taken(Recommender file)
        {
            Recommender full = catalogue.PutOn(file);
            return names.Where(full.Items.Contains);
        }
    }

    [Fact]
    public async Task A_new_item_that_the_next_file_has_itself_is_no_change_any_more_unless_it_was_edited()
    {
        var features = Served.Features(Served.ColdItems[0]).ToDictionary(f => f.Key.Name, f => f.Value.ToArray());
        foreach (string item in new[] { "once", "edited", "edited", "other" })
            (await Client.PutAsJsonAsync($"/items/{item}", new { features })).StatusCode.Should().Be(HttpStatusCode.NoContent);
        var catalogue = App.Services.GetRequiredService<Catalogue>();
        ItemContent[] own = [.. new[] { "once", "edited" }.Select(item => new ItemContent(item, Served.Features(Served.ColdItems[0])))];
        catalogue.PutOn(Served.Recommender.WithItems(own)).Items.Contains("other").Should().BeTrue();
        Recommender back = catalogue.PutOn(Served.Recommender);
        new[] { "once", "edited", "other" }.Where(back.Items.Contains).Should().Equal("edited", "other");
    }

    [Fact]
    public async Task An_item_that_was_put_in_and_retired_stays_so_when_the_next_file_has_it()
    {
        var features = Served.Features(Served.ColdItems[0]).ToDictionary(f => f.Key.Name, f => f.Value.ToArray());
        (await Client.PutAsJsonAsync("/items/new", new { features })).StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await Client.DeleteAsync("/items/new")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        Recommender.FromEmbeddings(["ann"], [1f], ["shoe", "new"], [1f, 2f]).Save(Folder["model"]);
        await App.Services.GetRequiredService<IRecommenderProvider>().ReloadAsync();
        (await Get("/health")).GetProperty("items").GetInt32().Should().Be(1);
        (await Client.GetAsync("/items/new/similar")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }
}
