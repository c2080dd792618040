using System.Data.Common;
using DRepMRec.Data;
using DRepMRec.Serving;
using Microsoft.Data.Sqlite;

namespace DRepMRec.Tests.Documentation;

/// <summary>The examples of docs/your-own-data.md.</summary>
internal static class YourOwnDataExample
{
    public static void FromTwoFiles(string[] productIds, float[] vectors)
    {
        var orders = new DelimitedOptions { User = "customer", Item = "product", Timestamp = "bought_at", Weight = "quantity" };
        var titles = new FeatureTable(Modality.Text, productIds, dimension: 384, vectors);
        var options = new DatasetOptions { Catalogue = productIds, Split = SplitStrategy.PerUserTime() };
        RecDataset data = RecDataset.LoadDelimited("orders.csv", orders, [titles], options);
        Console.WriteLine(data.Report);
        Console.WriteLine(data.Summarize());

        using DRepMRecModel model = DRepMRecModel.Create(data);
        TrainingReport report = new Trainer(model, data).Fit();
        Console.WriteLine(report.EvaluateTest());
        Recommender recommender = report.BuildRecommender();
        recommender.Save("shop.drepmrec");
    }

    public static RecDataset FromADatabase()
    {
        using DbConnection connection = new SqliteConnection("Data Source=shop.db");
        connection.Open();
        using DbCommand query = connection.CreateCommand();
        query.CommandText = "SELECT customer, product, bought_at, quantity FROM orders";
        using DbDataReader rows = query.ExecuteReader();
        var columns = new InteractionLayout { User = "customer", Item = "product", Timestamp = "bought_at", Weight = "quantity" };
        RecDataset data = RecDataset.FromDatabase("shop", rows, columns);
        return data;
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

    public static void Labels(string folder)
    {
        SplitStrategy split = SplitStrategy.ByLabel(validationShare: 0.05) with { Seed = 7 };
        RecDataset data = RecDataset.Load(folder, new DatasetOptions { Split = split });
    }
}
