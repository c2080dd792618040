using DRepMRec.Data;
using DRepMRec.Serving;

namespace QuickStart;

/// <summary>Metadata that any dataset has: how many users an item has in training, and the shelf that follows. Yours has more.</summary>
internal static class Shelves
{
    public const string Column = "shelf";
    public const string Bestseller = "bestseller";

    public static ItemMetadata Of(RecDataset data)
    {
        int[] users = data.Train.ItemDegrees();
        int bound = users.OrderDescending().ElementAt(users.Length / 10);
        return ItemMetadata.Of(
            data.Items.Ids,
            MetadataColumn.Category(Column, [.. users.Select(n => n == 0 ? "new" : n > bound ? Bestseller : "known")]),
            MetadataColumn.Number("users", [.. users.Select(n => (double?)n)]));
    }
}
