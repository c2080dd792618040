using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using DRepMRec.Hosting;
using DRepMRec.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;

namespace DRepMRec.Tests.Documentation;

/// <summary>The code of docs/export.md and docs/comparing-models.md.</summary>
internal static class ExportExample
{
    public static async Task All(Recommender recommender)
    {
        await foreach (var (user, items) in recommender.RecommendAllAsync())
            Console.WriteLine($"{user}: {string.Join(", ", items.Select(r => r.Item))}");
    }

    public static async Task Files(
        Recommender recommender, IReadOnlyCollection<string> active, ISet<string> inStock, IProgress<ExportProgress> progress,
        CancellationToken cancellationToken)
    {
        var options = new RecommendAllOptions
        {
            Users = active,
            Request = new RecommendationRequest { Count = 50, Filter = id => inStock.Contains(id) },
            Threads = 4,
        };
        ExportSummary written = await recommender.RecommendAllAsync(options, progress, cancellationToken)
            .Where(list => list.Items.Source == RecommendationSource.User)
            .WriteParquetAsync("top50.parquet", cancellationToken);
        Console.WriteLine($"{written.Rows} rows of {written.Users} users; nothing for {written.UsersWithoutItems}");
    }

    public static async Task Database(Recommender recommender, DbConnection connection)
    {
        await recommender.RecommendAllAsync().WriteDatabaseAsync(connection, new DatabaseExportOptions { ReplaceRows = true });
    }

    public static async Task Vectors(Recommender recommender, VectorStore store)
    {
        var items = store.GetCollection<string, EmbeddingRecord>("items", recommender.VectorStoreDefinition());
        await items.EnsureCollectionExistsAsync();
        await recommender.UpsertItemsAsync(items);

        ReadOnlyMemory<float>? query = recommender.QueryVector(new RecommendationRequest { UserId = "42" });
        if (query is { } vector)
        {
            await foreach (VectorSearchResult<EmbeddingRecord> found in items.SearchAsync(vector, top: 10))
                Console.WriteLine($"{found.Record.Id} {found.Score:F3}");
        }
    }

    public static async Task Products(Recommender recommender, VectorStoreCollection<Guid, Product> products, IShop shop)
    {
        await recommender.UpsertItemsAsync(products, item => shop.Product(item.Id) with { Embedding = item.Vector },
            new VectorUpsertOptions { Similarity = VectorSimilarity.Cosine });
    }

    public static async Task Compare()
    {
        ModelComparison comparison = await ModelComparison.CompareAsync("served.drepmrec", "candidate.drepmrec");
        File.WriteAllText("comparison.md", comparison.ToMarkdown());
        var limits = new ModelComparisonLimits { MinOverlap = 0.4, MaxVanishedUsers = 0.01, MinDifferentItems = 0.8 };
        foreach (string limit in limits.Exceeded(comparison))
            Console.Error.WriteLine(limit);
    }

    public interface IShop
    {
        Product Product(string item);
    }

    public sealed record Product(Guid Key, string Title, ReadOnlyMemory<float> Embedding);

    public static Recommender Test(string userId, IServiceProvider services)
    {
        byte draw = SHA256.HashData(Encoding.UTF8.GetBytes($"autumn 2026 {userId}"))[0];
        string arm = draw < 26 ? "candidate" : "current"; // A tenth of the users.
        Recommender recommender = services.GetRequiredKeyedService<IRecommenderProvider>(arm).Current;
        return recommender;
    }
}
