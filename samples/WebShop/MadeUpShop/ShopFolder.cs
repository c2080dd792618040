using System.Globalization;
using System.Text;

namespace WebShop.MadeUpShop;

/// <summary>
/// The folder of a shop that there isn't, with the irregularities of those that there are: orders.csv, products.csv and pictures. The same
/// bytes at every run; the one beside this program was made by <c>--make-shop</c>.
/// </summary>
internal static class ShopFolder
{
    /// <exception cref="IOException">There are orders or products in the folder already.</exception>
    public static void Make(string folder)
    {
        foreach (string file in new[] { "products.csv", "orders.csv" }.Select(name => Path.Combine(folder, name)).Where(File.Exists))
            throw new IOException($"--make-shop: expected a folder without a shop; there is '{file}' already.");
        var random = new Random(2025);
        IReadOnlyList<Product> products = ProductList.Make(random);
        Directory.CreateDirectory(Path.Combine(folder, "pictures"));
        Write(Path.Combine(folder, "products.csv"), Encoding.Latin1, "sku,title,category,price,picture", products.Select(Row));
        Write(Path.Combine(folder, "orders.csv"), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
            "customer,sku,bought_at,quantity", OrderBook.Make(random, products));
        foreach (Product product in products.Where(p => p.Picture.Length > 0 && !p.Picture.StartsWith("lost-", StringComparison.Ordinal)))
            Picture.Save(Path.Combine(folder, "pictures", product.Picture), product.Motif, product.Look, product.Pattern);
    }

    private static string Row(Product product)
    {
        string category = product.Motif.IsUsedUp ? $"{product.Motif.Category}|Refills" : product.Motif.Category;
        string picture = product.Picture.Length == 0 ? "" : $"pictures/{product.Picture}";
        string price = product.Price?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";
        return $"{product.Id},\"{product.Title.Replace("\"", "\"\"")}\",{category},{price},{picture}";
    }

    private static void Write(string file, Encoding encoding, string header, IEnumerable<string> rows)
    {
        using var writer = new StreamWriter(file, append: false, encoding) { NewLine = "\r\n" };
        writer.WriteLine(header);
        foreach (string row in rows)
            writer.WriteLine(row);
    }
}
