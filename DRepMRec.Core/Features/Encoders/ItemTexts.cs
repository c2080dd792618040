using DRepMRec.Data;

namespace DRepMRec.Features;

/// <summary>The texts of items out of several columns.</summary>
internal static class ItemTexts
{
    /// <summary>For each item its titles, texts and categories, a line for each column, or <see langword="null"/> for none.</summary>
    public static string?[] Of(ItemTable items, IReadOnlyList<string> columns)
    {
        ItemColumn[] present = [.. columns.Select(name => items[name]).OfType<ItemColumn>()];
        var texts = new string?[items.Count];
        for (int row = 0; row < texts.Length; row++)
        {
            int item = row;
            string[] parts = [.. present.Select(c => Part(c, item)).Where(part => !string.IsNullOrEmpty(part))!];
            texts[row] = parts.Length == 0 ? null : string.Join('\n', parts);
        }

        return texts;
    }

    private static string? Part(ItemColumn column, int row)
        => column.Kind == ItemColumnKind.Category ? string.Join(", ", column.CategoriesOf(row)) : column.TextOf(row);
}
