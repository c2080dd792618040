using System.Globalization;
using System.Security.Cryptography;
using DRepMRec;
using DRepMRec.Data;
using DRepMRec.Features;

namespace WebShop;

/// <summary>A shop's files, how they're read, and what is made of them.</summary>
internal sealed record Shop(string Orders, string Products)
{
    public required DelimitedOptions OrderLayout { get; init; }

    public required DelimitedItemOptions ProductLayout { get; init; }

    /// <summary>The folder that the pictures' paths are relative to.</summary>
    public required string Pictures { get; init; }

    public required int Epochs { get; init; }

    public required string Urls { get; init; }

    public required bool IsServed { get; init; }

    public string Model { get; init; } = "";

    /// <summary>What can't be read is left out and reported: guests, returns, vouchers, pictures that are gone.</summary>
    public ItemTableOptions ProductOptions => new() { BadRows = BadRowHandling.Skip, ImageFolder = Pictures };

    /// <summary>The newest orders are held out, where they have dates: what comes next is what a shop wants to know.</summary>
    public DatasetOptions Dataset(ItemTable products) => new()
    {
        BadRows = BadRowHandling.Skip,
        Catalogue = products.Ids,
        Split = OrderLayout.Timestamp is null ? null : SplitStrategy.GlobalTime(),
    };

    /// <summary>Where embeddings are kept, so that another training asks for those of new products alone.</summary>
    public string? CacheFolder { get; init; } = Path.Combine(Path.GetTempPath(), "drepmrec-webshop");

    /// <summary>The networks are of this process: what they can't read once they never can.</summary>
    public EmbeddingEncoderOptions Images => new()
    {
        CacheFolder = CacheFolder,
        BadItems = BadRowHandling.Skip,
        MaxRetries = 0,
    };

    /// <summary>Beside the words that the library itself makes features of.</summary>
    public EmbeddingEncoderOptions Sentences => Images with { Modality = new Modality("sentence") };

    /// <summary>A file whose name changes with the shop's files, pictures among them, and with what is asked for.</summary>
    public string DefaultModel()
    {
        string State(string file) => $"{Path.GetFullPath(file)} {new FileInfo(file).Length} {new FileInfo(file).LastWriteTimeUtc:O}";
        IEnumerable<string> pictures = ProductLayout.Image is null ? []
            : ItemTable.LoadDelimited(Products, ProductLayout, ProductOptions).Columns.Where(column => column.Kind == ItemColumnKind.Image)
                .SelectMany(column => Enumerable.Range(0, column.Count).Select(row => column.ImageOf(row)?.Path)).OfType<string>()
                .Where(File.Exists).Distinct();
        string pictured = string.Join(' ', pictures.Order(StringComparer.Ordinal).Select(State));
        string all = string.Create(CultureInfo.InvariantCulture, $"6 {State(Orders)} {State(Products)} {pictured} {Epochs} ")
            + DRepMRecJson.Write(OrderLayout) + DRepMRecJson.Write(ProductLayout);
        string hash = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(all)))[..12];
        return Path.Combine(Path.GetTempPath(), $"drepmrec-webshop-{hash}.drepmrec");
    }
}
