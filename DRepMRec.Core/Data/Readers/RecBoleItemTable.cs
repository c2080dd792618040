namespace DRepMRec.Data;

/// <summary>RecBole's <c>NAME.item</c> as a table of items: all columns but the float_seq ones, which are features.</summary>
internal static class RecBoleItemTable
{
    public const string Extension = ".item";

    private const string Title = "title";

    // The better name of a title first.
    private static readonly string[] TitleMarks = [Title, "name"];
    private static readonly string[] TextMarks = ["description", "text"];

    public static ItemTable Read(string path, ItemTableOptions options)
        => TryRead(path, options) ?? throw new DatasetFormatException(
            "expected columns of the types token, token_seq or float beside item_id, found none.", Path.GetFileName(path), 1);

    /// <summary>Reads the table, or nothing where the file has features alone.</summary>
    public static ItemTable? TryRead(string path, ItemTableOptions options, string optionsType = nameof(ItemTableOptions))
    {
        using var text = new DelimitedText(path, '\t', quoted: false);
        RecBoleHeader header = RecBoleHeader.Read(text);
        int item = header.Columns.Require("item_id:token", "itemID:token");
        Column[] Where(Func<int, bool> isWanted)
            => [.. Enumerable.Range(0, header.Types.Count).Where(c => c != item && isWanted(c)).Select(c => new Column(c))];
        bool Has(int column, string[] marks)
            => marks.Any(mark => header.NameOf(column).Contains(mark, StringComparison.OrdinalIgnoreCase));
        bool IsText(int column) => header.Types[column] switch
        {
            "token" => Has(column, [Title]),
            "token_seq" => Has(column, TitleMarks) || Has(column, TextMarks),
            _ => false,
        };
        Column[] titles = [.. TitleMarks.SelectMany(mark => Where(c => IsText(c) && Has(c, [mark])))];
        Column? title = titles.Length > 0 ? titles[0] : default(Column?);
        var layout = new ItemLayout
        {
            Item = item,
            Title = title,
            Texts = [.. Where(IsText).Where(c => c != title)],
            Categories = Where(c => header.Types[c] == "token" && !IsText(c)),
            Numbers = Where(c => header.Types[c] == "float"),
        };
        if (Where(c => header.Types[c] != "float_seq").Length == 0)
            return null;
        // Only sequences have blanks between their categories.
        Column[] sequences = Where(c => header.Types[c] == "token_seq" && !IsText(c));
        var names = TableHeader.Of(text, Enumerable.Range(0, header.Types.Count).Select(header.NameOf));
        return new ItemTableReader(text, names, layout, options, Path.GetDirectoryName(Path.GetFullPath(path))!, optionsType)
        {
            Sequences = sequences,
            HeaderLine = header.Columns.Names,
        }.Read();
    }
}
