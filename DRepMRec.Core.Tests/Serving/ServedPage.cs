using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using Microsoft.AspNetCore.Builder;
using ServeRecommendations;

namespace DRepMRec.Tests.Serving;

/// <summary>The sample's service with titles, categories, prices and pictures, and a browser that looks at its page, where there is one.</summary>
public sealed class ServedPage : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private WebApplication? _app;

    internal Browser? Browser { get; private set; }

    internal string Address => _app!.Urls.First();

    public async Task InitializeAsync()
    {
        if (Browser.Find() is not { } program)
            return;
        string[] pictures = [.. Directory.GetFiles(Path.Combine(Repository.Root, "samples", "WebShop", "shop", "pictures")).Order()];
        string[] ids = [.. Enumerable.Range(0, Served.Data.Items.Count).Select(i => Served.Data.Items[i])];
        Served.Recommender.WithMetadata(ItemMetadata.Of(ids,
            MetadataColumn.Text("title", [.. ids.Select((_, n) => n % 10 == 9 ? null : $"Thing {n}, {(n % 2 == 0 ? "round" : "square")}")]),
            MetadataColumn.Category("shape", [.. ids.Select((_, n) => n % 2 == 0 ? "round" : "square")]),
            MetadataColumn.Number("price", [.. ids.Select((_, n) => n % 7 == 3 ? (double?)null : n)]),
            MetadataColumn.Text("picture", [.. ids.Select((_, n) => n % 5 == 4 ? "lost.png" : Path.GetFileName(pictures[n % pictures.Length]))])))
            .Save(_folder["model"]);
        _app = Api.Build(WebApplication.CreateBuilder(
        [
            "--urls", "http://127.0.0.1:0", "--Recommender:Path", _folder["model"], "--Logging:LogLevel:Default", "Warning",
            "--Shelf:PictureFolder", Path.GetDirectoryName(pictures[0])!,
        ]));
        await _app.StartAsync();
        Browser = await Browser.StartAsync(program);
    }

    public async Task DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
        if (_app is not null)
            await _app.DisposeAsync();
        _folder.Dispose();
    }
}
