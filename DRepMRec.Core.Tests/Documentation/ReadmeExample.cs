using DRepMRec.Data;
using DRepMRec.Features;

namespace DRepMRec.Tests.Documentation;

/// <summary>The README's example of data of one's own. Its first one is samples/FirstExample.</summary>
internal static class ReadmeExample
{
    public static void FromTwoFiles()
    {
        var layout = new DelimitedItemOptions { Item = "sku", Title = "title", Categories = ["category"], Numbers = ["price"] };
        ItemTable products = ItemTable.LoadDelimited("products.csv", layout);
        var orders = new DelimitedOptions { User = "customer", Item = "sku", Timestamp = "bought_at", Weight = "quantity" };
        var options = new DatasetOptions { Catalogue = products.Ids, Split = SplitStrategy.GlobalTime() };
        RecDataset data = RecDataset.LoadDelimited("orders.csv", orders, products.MakeFeatures(), options, products);
        Console.WriteLine(data.Report);
    }
}
