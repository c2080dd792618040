using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Hosting;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Features;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using ServeRecommendations;

namespace DRepMRec.Tests.Serving;

/// <summary>Changes of the sample's catalogue while a network takes its time.</summary>
public sealed class SimultaneousChangeTests : IClassFixture<RawItemTests.Shop>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly RawItemTests.Shop _shop;
    private readonly TempFolder _folder = new();
    private readonly GatedGenerator _network = new();
    private readonly WebApplication _app;
    private HttpClient _client = new();

    public SimultaneousChangeTests(RawItemTests.Shop shop)
    {
        _shop = shop;
        shop.Recommender.Save(_folder["model"]);
        WebApplicationBuilder builder = WebApplication.CreateBuilder(
            ["--urls", "http://127.0.0.1:0", "--Recommender:Path", _folder["model"], "--Logging:LogLevel:Default", "Warning"]);
        builder.Services.AddSingleton(EmbeddingEncoder.ForText(_network, new() { Modality = new("sentence") }));
        _app = Api.Build(builder);
    }

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()), Timeout = Patience };
    }

    public async Task DisposeAsync()
    {
        _network.Open();
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_waits_for_the_network_holds_up_nobody_and_more_than_a_few_are_sent_away()
    {
        const int More = 20;
        List<Task<HttpStatusCode>> posts = [.. Enumerable.Range(0, Limits.WaitingChanges + More).Select(Post)];
        var waiting = new List<Task<HttpStatusCode>>(posts);
        for (int n = 0; n < More; n++)
        {
            Task<HttpStatusCode> answered = await Task.WhenAny(waiting).WaitAsync(Patience);
            waiting.Remove(answered);
            (await answered).Should().Be(HttpStatusCode.ServiceUnavailable);
        }

        (await Items()).Should().Be(60);
        (await _client.GetStringAsync("/healthz")).Should().Be("Healthy");
        waiting.Should().HaveCount(Limits.WaitingChanges).And.OnlyContain(post => !post.IsCompleted);
        _network.Open();
        (await Task.WhenAll(waiting).WaitAsync(Patience)).Should().OnlyContain(status => status == HttpStatusCode.OK);
        (await Items()).Should().Be(60 + Limits.WaitingChanges);
    }

    [Fact]
    public async Task An_item_is_encoded_anew_for_a_file_that_came_meanwhile()
    {
        Task<HttpStatusCode> post = Post(1);
        await _network.Entered.WaitAsync(Patience);
        await _app.Services.GetRequiredService<IRecommenderProvider>().ReloadAsync().WaitAsync(Patience);
        _network.Open();
        (await post.WaitAsync(Patience)).Should().Be(HttpStatusCode.OK);
        (await Items()).Should().Be(61);
        _network.Requests.Should().Be(2);
    }

    [Fact]
    public async Task Features_of_an_item_that_was_described_leave_its_title_for_files_to_come_too()
    {
        await DescribeAndPut();
        for (int load = 0; load < 2; load++)
        {
            JsonElement item = await _client.GetFromJsonAsync<JsonElement>("/items/new-1");
            item.GetProperty("title").GetString().Should().Be(RawItemTests.Shop.Title(1));
            JsonElement similar = await _client.GetFromJsonAsync<JsonElement>("/items/new-1/similar?count=1&space=Content");
            similar[0].GetProperty("item").GetString().Should().Be("p8");
            await _app.Services.GetRequiredService<IRecommenderProvider>().ReloadAsync().WaitAsync(Patience);
        }
    }

    [Fact]
    public async Task Of_an_item_with_words_and_numbers_a_file_takes_what_it_can_and_none_is_lost()
    {
        await DescribeAndPut();
        var catalogue = _app.Services.GetRequiredService<Catalogue>();
        Recommender withoutEncoders = NumbersAlone(), words = WordsAlone();
        for (int load = 0; load < 2; load++)
        {
            catalogue.PutOn(withoutEncoders).Items.Contains("new-1").Should().BeTrue("it has features");
            catalogue.PutOn(words).Items.Contains("new-1").Should().BeTrue("it has a title");
            Recommender full = catalogue.PutOn(_shop.Recommender);
            full.Metadata!["new-1"]!.Text("title").Should().Be(RawItemTests.Shop.Title(1));
        }
    }

    /// <summary>A model of the same features that doesn't know how they were made.</summary>
    private Recommender NumbersAlone()
    {
        FeatureTable[] tables = [.. _shop.Data.Features.Select(f => new FeatureTable(f.Modality,
            [.. _shop.Data.Items.Ids.Where((_, i) => f.Present[i])], f.Dimension,
            _shop.Data.Items.Ids.SelectMany((_, i) => f.Present[i] ? f[i].ToArray() : []).ToArray()))];
        return Train(RecDataset.FromInteractions("numbers", _shop.Data.ToInteractions(), tables));
    }

    /// <summary>A model of other features of titles.</summary>
    private Recommender WordsAlone()
        => Train(RecDataset.FromInteractions("words", _shop.Data.ToInteractions(),
            [TextEncoder.Fit(_shop.Items, new() { Modality = new("other") }).Encode(_shop.Items)], items: _shop.Items));

    private static Recommender Train(RecDataset data)
    {
        using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 8 });
        return new Trainer(model, data, new TrainerOptions { MaxEpochs = 1, Threads = 1 }).Fit().BuildRecommender();
    }

    /// <summary>Describes the item new-1, and then puts the features of p8 in the place of its own.</summary>
    private async Task DescribeAndPut()
    {
        _network.Open();
        (await Post(1)).Should().Be(HttpStatusCode.OK);
        var features = _shop.Data.Features.ToDictionary(f => f.Modality.Name, f => f[_shop.Data.Items.IndexOf("p8")].ToArray());
        (await _client.PutAsJsonAsync("/items/new-1", new { features })).StatusCode.Should().Be(HttpStatusCode.NoContent);
    }

    private async Task<HttpStatusCode> Post(int n)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent($"new-{n}"), "item" },
            { new StringContent(RawItemTests.Shop.Title(n)), "title" },
        };
        using HttpResponseMessage answer = await _client.PostAsync("/items", form);
        return answer.StatusCode;
    }

    private async Task<int> Items() => (await _client.GetFromJsonAsync<JsonElement>("/health")).GetProperty("items").GetInt32();

    /// <summary>Answers once it's opened.</summary>
    private sealed class GatedGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        private readonly TestGenerator<string> _inner = TestGenerators.Text();
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Entered => _entered.Task;

        public int Requests => _inner.Batches.Count;

        public void Open() => _gate.TrySetResult();

        public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            _entered.TrySetResult();
            await _gate.Task.WaitAsync(cancellationToken);
            return await _inner.GenerateAsync(values, options, cancellationToken);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => _inner.GetService(serviceType, serviceKey);

        public void Dispose()
        {
        }
    }
}
