using System.Data.Common;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Serving;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace DRepMRec.Tests.Documentation;

/// <summary>The examples of docs/your-own-data.md.</summary>
internal static class YourOwnDataExample
{
    public static void FromTwoFiles()
    {
        // from two files
        var layout = new DelimitedItemOptions { Item = "sku", Title = "title", Texts = ["about"], Image = "picture" };
        layout = layout with { Categories = ["kind"], CategorySeparator = "|", Numbers = ["price"], Dates = ["since"] };
        ItemTable products = ItemTable.LoadDelimited("products.csv", layout, new() { BadRows = BadRowHandling.Skip });
        var orders = new DelimitedOptions { User = "customer", Item = "product", Timestamp = "bought_at", Weight = "quantity" };
        var options = new DatasetOptions { BadRows = BadRowHandling.Skip, Catalogue = products.Ids, Split = SplitStrategy.GlobalTime() };
        RecDataset data = RecDataset.LoadDelimited("orders.csv", orders, products.MakeFeatures(), options, products);
        Console.WriteLine($"{products.Report}\n{data.Report}\n{data.Summarize()}");
        using DRepMRecModel model = DRepMRecModel.Create(data, DRepMRecPreset.For(data).Model);
        Recommender recommender = new Trainer(model, data).Fit().BuildRecommender();
        recommender.Save("shop.drepmrec");
        foreach (Recommendation one in recommender.Recommend("c1", count: 3))
            Console.WriteLine($"{one.Score:F2} {recommender.Metadata?[one.Item]?.Text("title")}");
        // to the end
    }

    public static void WithWhatWasHeldOut(RecDataset data, DRepMRecModel model)
    {
        TrainingReport report = new Trainer(model, data).Fit();
        Recommender measured = report.BuildRecommender(new RecommenderOptions { IncludeRefresh = true });
        Recommender recommender = measured.WithInteractions([.. data.ToInteractions().Where(i => i.Label > 0)]);
        recommender.Save("shop.drepmrec");
    }

    public static void FromADatabase()
    {
        using DbConnection connection = new SqliteConnection("Data Source=shop.db");
        connection.Open();
        using DbCommand query = connection.CreateCommand();
        query.CommandText = "SELECT sku, title, about, kind, price, since, picture FROM products";
        using DbDataReader productRows = query.ExecuteReader();
        var layout = new ItemLayout { Item = "sku", Title = "title", Texts = ["about"], Image = "picture" };
        layout = layout with { Categories = ["kind"], CategorySeparator = "|", Numbers = ["price"], Dates = ["since"] };
        ItemTable products = ItemTable.FromDatabase(productRows, layout, new() { BadRows = BadRowHandling.Skip });
        productRows.Close();

        query.CommandText = "SELECT customer, product, bought_at, quantity FROM orders";
        using DbDataReader orderRows = query.ExecuteReader();
        var orders = new InteractionLayout { User = "customer", Item = "product", Timestamp = "bought_at", Weight = "quantity" };
        var options = new DatasetOptions { BadRows = BadRowHandling.Skip, Catalogue = products.Ids, Split = SplitStrategy.GlobalTime() };
        RecDataset data = RecDataset.FromDatabase("shop", orderRows, orders, products.MakeFeatures(), options, products);
        Console.WriteLine($"{products.Report}\n{data.Report}\n{data.Summarize()}");

        using DRepMRecModel model = DRepMRecModel.Create(data, DRepMRecPreset.For(data).Model);
        Recommender recommender = new Trainer(model, data).Fit().BuildRecommender();
        recommender.Save("shop.drepmrec");
        foreach (Recommendation one in recommender.Recommend("c1", count: 3))
            Console.WriteLine($"{one.Score:F2} {recommender.Metadata?[one.Item]?.Text("title")}");
    }

    public static Recommender NewProduct(Recommender recommender)
    {
        ItemTable product = ItemTable.Of(["p-new"], ItemColumn.Title("title", ["Blue garden lamp"]),
            ItemColumn.Category("kind", [["garden"]]), ItemColumn.Number("price", [24.9]));
        recommender = recommender.WithItems(product);
        return recommender;
    }

    public static async Task<IReadOnlyList<FeatureTable>> Generators(
        ItemTable products, IEmbeddingGenerator<string, Embedding<float>> sentenceModel,
        IEmbeddingGenerator<DataContent, Embedding<float>> imageModel)
    {
        var cached = new EmbeddingEncoderOptions { CacheFolder = "embeddings" };
        EmbeddingEncoder sentences = EmbeddingEncoder.ForText(sentenceModel, cached);
        EmbeddingEncoder pictures = EmbeddingEncoder.ForImages(imageModel, cached);
        IReadOnlyList<FeatureTable> features =
        [
            await sentences.EncodeAsync(products), await pictures.EncodeAsync(products),
            CategoryEncoder.Fit(products).Encode(products), NumberEncoder.Fit(products, new() { Logarithms = ["price"] }).Encode(products),
        ];
        return features;
    }

    public static async Task<Recommender> NewProductWithPicture(
        Recommender recommender, EmbeddingEncoder sentences, EmbeddingEncoder pictures, byte[] upload)
    {
        ItemTable product = ItemTable.Of(["p-new"], ItemColumn.Title("title", ["Blue garden lamp"]),
            ItemColumn.Image("picture", [ItemImage.FromBytes(upload)]));
        IReadOnlyList<FeatureTable> made = await recommender.EncodeAsync(product, [sentences, pictures]);
        foreach (string note in made.SelectMany(table => table.Notes))
            Console.WriteLine(note);
        recommender = recommender.WithItems(product, made);
        return recommender;
    }

    public static RecDataset WithEmbeddings(DelimitedOptions orders, ItemTable products, DatasetOptions options)
    {
        FeatureTable pictures = FeatureTable.LoadNpy("pictures.npy", Modality.Image, File.ReadAllLines("ids.txt"));
        RecDataset data = RecDataset.LoadDelimited("orders.csv", orders, [.. products.MakeFeatures(), pictures], options, products);
        return data;
    }

    public static async Task<Recommender> NewProductWithEmbedding(Recommender recommender, ItemTable product, float[] embedding)
    {
        var own = new FeatureTable(Modality.Image, ["p-new"], embedding.Length, embedding);
        recommender = recommender.WithItems(product, [.. await recommender.EncodeAsync(product, []), own]);
        return recommender;
    }

    public static (RecDataset, RecDataset) FromEvents()
    {
        var events = new InteractionLayout
        {
            User = "visitor",
            Item = "product",
            Timestamp = "at",
            Event = "action",
            EventWeights = new Dictionary<string, double> { ["view"] = 1, ["cart"] = 3, ["purchase"] = 5, ["remove"] = 0 },
        };
        RecDataset clicks = RecDataset.LoadJsonLines("events.jsonl", events);
        RecDataset archive = RecDataset.LoadParquet("events.parquet", events);
        return (clicks, archive);
    }

    public static void SkipBadRows(DelimitedOptions orders)
    {
        var lenient = new DatasetOptions { BadRows = BadRowHandling.Skip };
        RecDataset data = RecDataset.LoadDelimited("orders.csv", orders, options: lenient);
        foreach (RowMistake mistake in data.Report!.Mistakes)
            Console.WriteLine($"{mistake.Count} x {mistake.Kind}, first: {mistake.First[0]}");
    }

    public static void BetterThanCounting(DRepMRecModel model, RecDataset data, ILogger logger)
    {
        TrainingReport report = new Trainer(model, data, logger: logger).Fit();
        foreach (var (baseline, recall) in report.BetterBaselines)
            Console.WriteLine($"{baseline} is better than the model: Recall@20 {recall:F4} on validation");
    }

    public static RecDataset FromMemory(
        IEnumerable<(string Customer, string Sku, DateTimeOffset At, int Quantity)> orders, string[] skus, int dimension, float[] values)
    {
        IEnumerable<Interaction> bought = orders.Select(
            order => new Interaction(order.Customer, order.Sku, Timestamp: order.At.ToUnixTimeSeconds(), Weight: order.Quantity));
        var pictures = new FeatureTable(Modality.Image, skus, dimension, values);
        var options = new DatasetOptions { Duplicates = DuplicateHandling.Sum, Split = SplitStrategy.PerUserTime() };
        RecDataset data = RecDataset.FromInteractions("shop", bought, [pictures], options);
        return data;
    }

    public static RecDataset ByTime(DelimitedOptions orders, ItemTable products)
    {
        var options = new DatasetOptions { Split = SplitStrategy.GlobalTime() };
        RecDataset data = RecDataset.LoadDelimited("orders.csv", orders, products.MakeFeatures(), options, products);
        return data;
    }

    public static void Labels(string folder)
    {
        SplitStrategy split = SplitStrategy.ByLabel(validationShare: 0.05) with { Seed = 7 };
        RecDataset data = RecDataset.Load(folder, options: new DatasetOptions { Split = split });
    }
}
