using DRepMRec.Data;
using DRepMRec.Serving;

namespace QuickStart;

/// <summary>
/// What is known of items: how many users they have in training, the shelf that follows, and for the made-up shop titles and categories.
/// </summary>
internal static class Shelves
{
    public const string Column = "shelf";
    public const string Bestseller = "bestseller";
    public const string Title = "title";
    private const string Category = "category";

    public static ItemMetadata Of(RecDataset data, SyntheticDataset? shop)
    {
        int[] users = data.Train.ItemDegrees();
        int bound = users.OrderDescending().ElementAt(users.Length / 10);
        List<MetadataColumn> columns =
        [
            MetadataColumn.Category(Column, [.. users.Select(n => n == 0 ? "new" : n > bound ? Bestseller : "known")]),
            MetadataColumn.Number("users", [.. users.Select(n => (double?)n)]),
        ];
        if (shop is not null)
        {
            columns.Add(MetadataColumn.Text(Title, shop.ItemTitles));
            columns.Add(MetadataColumn.Category(Category, shop.ItemCategories));
        }

        return ItemMetadata.Of(data.Items.Ids, columns);
    }

    /// <summary>An item's title, or its id where it has none.</summary>
    public static string Name(Recommender recommender, string item)
        => recommender.Metadata!.Columns.Any(c => c.Name == Title) ? recommender.Metadata[item]?.Text(Title) ?? item : item;
}
