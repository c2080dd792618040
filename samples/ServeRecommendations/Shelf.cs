using System.Runtime.CompilerServices;
using DRepMRec.Serving;
using Microsoft.Extensions.Options;

namespace ServeRecommendations;

/// <summary>What is shown of items: titles, values and pictures, from the metadata of a recommender.</summary>
internal sealed class Shelf(Catalogue catalogue, IOptions<ShelfOptions> options)
{
    private const int ShownCategories = 200;

    private static readonly Dictionary<string, string> MediaTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".webp"] = "image/webp",
    };

    private readonly ConditionalWeakTable<ItemMetadata, ShelfColumn[]> _columns = [];

    public ShownItem Show(Recommender recommender, string item)
    {
        if (recommender.Metadata?[item] is not { } values)
            return new ShownItem(item, null, null, null);
        bool hasPicture = catalogue.Picture(item) is not null || PictureFile(recommender.Metadata, values) is not null;
        string? picture = hasPicture ? $"/pictures?item={Uri.EscapeDataString(item)}" : null;
        return new ShownItem(item, Title(recommender.Metadata, values), picture, values.ToDictionary());
    }

    public ShownItem Show(Recommender recommender, Recommendation item)
        => Show(recommender, item.Item) with { Score = item.Score, Probability = item.Probability };

    /// <summary>The first items whose id or title has a text, in the order of the catalogue.</summary>
    public IEnumerable<ShownItem> Find(Recommender recommender, string text, int count)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ItemMetadata? metadata = recommender.Metadata;
        return recommender.Items
            .Where(id => Has($"{id} {(metadata?[id] is { } values ? Title(metadata, values) : "")}"))
            .Take(count).Select(id => Show(recommender, id));
        bool Has(string shown) => words.All(w => shown.Contains(w, StringComparison.OrdinalIgnoreCase));
    }

    public Shelves Describe(Recommender recommender)
    {
        var (items, pictures) = catalogue.Takes(recommender);
        ItemMetadata? metadata = recommender.Metadata;
        return new Shelves(
            metadata is not null && HasTexts(metadata, options.Value.Title) ? options.Value.Title : null,
            metadata is null ? [] : _columns.GetValue(metadata, m => Describe(m, recommender)), items, pictures);
    }

    /// <summary>An item's picture and its media type, where there is one: that it was added with, else the file in the folder.</summary>
    public (Stream Data, string MediaType)? Picture(Recommender recommender, string item)
    {
        if (catalogue.Picture(item) is { } added)
            return (new MemoryStream(added.Data), added.MediaType);
        return recommender.Metadata is { } metadata && metadata[item] is { } values && PictureFile(metadata, values) is { } file
            ? (File.OpenRead(file), MediaTypes[Path.GetExtension(file)]) : null;
    }

    private string? Title(ItemMetadata metadata, ItemValues values) => Text(metadata, values, options.Value.Title);

    private string? PictureFile(ItemMetadata metadata, ItemValues values)
    {
        if (options.Value.PictureFolder is not { Length: > 0 } folder || Text(metadata, values, options.Value.Picture) is not { } path
            || !MediaTypes.ContainsKey(Path.GetExtension(path)))
            return null;
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Path.EndsInDirectorySeparator(root))
            root += Path.DirectorySeparatorChar; // That of the file system has one.
        string file = Path.GetFullPath(Path.Combine(root, path));
        return file.StartsWith(root, StringComparison.Ordinal) && File.Exists(file) ? file : null;
    }

    private ShelfColumn[] Describe(ItemMetadata metadata, Recommender recommender)
        => [.. metadata.Columns.Where(c => c.Name != options.Value.Picture).Select(column => Describe(metadata, column, recommender))];

    private static ShelfColumn Describe(ItemMetadata metadata, MetadataColumn column, Recommender recommender)
    {
        if (column.Kind == MetadataKind.Category)
            return new(column.Name, column.Kind, [.. metadata.Categories(column.Name).Order().Take(ShownCategories)], null, null);
        if (column.Kind != MetadataKind.Number)
            return new(column.Name, column.Kind, null, null, null);
        double?[] numbers = [.. recommender.Items.Select(id => metadata[id]?.Number(column.Name))];
        return new(column.Name, column.Kind, null, numbers.Min(), numbers.Max());
    }

    private static string? Text(ItemMetadata metadata, ItemValues values, string column)
        => HasTexts(metadata, column) ? values.Text(column) : null;

    private static bool HasTexts(ItemMetadata metadata, string column)
        => metadata.Columns.Any(c => c.Name == column && c.Kind == MetadataKind.Text);
}
