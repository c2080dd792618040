using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServeRecommendations;

namespace DRepMRec.Tests.Serving;

/// <summary>
/// The sample's service over a small shop with titles, shapes, prices and pictures, and a browser that looks at its page, where there is
/// one. Even users like round things, odd users square ones.
/// </summary>
public sealed class ServedPage : IAsyncLifetime
{
    private const int Users = 40;
    private const int Things = 60;

    private static readonly string PictureFolder = Path.Combine(Repository.Root, "samples", "WebShop", "shop", "pictures");

    private readonly TempFolder _folder = new();
    private WebApplication? _app;

    internal static string[] Pictures { get; } = [.. Directory.GetFiles(PictureFolder).Order()];

    internal Browser? Browser { get; private set; }

    internal Recommender Recommender { get; private set; } = null!;

    internal string Address => _app!.Urls.First();

    private static ItemImage Picture(string file) => ItemImage.FromFile(file, Path.GetFileName(file));

    private static string Shape(int thing) => thing % 2 == 0 ? "round" : "square";

    public async Task InitializeAsync()
    {
        if (Browser.Find() is not { } program)
            return;
        EmbeddingEncoder looks = EmbeddingEncoder.ForImages(new ByteSums(), new EmbeddingEncoderOptions { GeneratorName = "byte sums" });
        Recommender = await Train(looks);
        Recommender.Save(_folder["model"]);
        WebApplicationBuilder builder = WebApplication.CreateBuilder(
        [
            "--urls", "http://127.0.0.1:0", "--Recommender:Path", _folder["model"], "--Logging:LogLevel:Default", "Warning",
            "--Shelf:PictureFolder", PictureFolder,
        ]);
        builder.Services.AddSingleton(looks);
        _app = Api.Build(builder);
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

    private static async Task<Recommender> Train(EmbeddingEncoder looks)
    {
        int[] things = [.. Enumerable.Range(0, Things)];
        ItemTable items = ItemTable.Of([.. things.Select(n => $"t{n}")],
            ItemColumn.Title("title", [.. things.Select(n => n % 10 == 9 ? null : $"Thing {n}, {Shape(n)}")]),
            ItemColumn.Category("shape", [.. things.Select(n => (string[])[Shape(n)])]),
            ItemColumn.Number("price", [.. things.Select(n => n % 7 == 3 ? (double?)null : n)]),
            ItemColumn.Image("picture", [.. things.Select(n => n % 5 == 4 ? null : Picture(Pictures[n]))]));
        IEnumerable<Interaction> chosen = Enumerable.Range(0, Users)
            .SelectMany(u => things.Where(n => n % 2 == u % 2 && ((n * 7) + (u * 3)) % 5 < 2)
                .Select(n => new Interaction($"u{u}", $"t{n}")));
        FeatureTable[] features = [.. items.MakeFeatures(), await looks.EncodeAsync(items)];
        RecDataset data = RecDataset.FromInteractions("things", chosen, features, items: items);
        using var model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 16 });
        return new Trainer(model, data, new TrainerOptions { MaxEpochs = 10, BatchSize = 128 }).Fit().BuildRecommender();
    }
}
