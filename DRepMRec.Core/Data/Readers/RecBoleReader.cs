using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>
/// RecBole's atomic files: <c>NAME.inter</c>, tab-separated, whose header has <c>name:type</c> columns, and perhaps <c>NAME.item</c>,
/// whose <c>float_seq</c> columns (numbers separated by spaces) are modalities. Any other column is passed over.
/// </summary>
internal static class RecBoleReader
{
    /// <summary>Reads the dataset around an interactions file.</summary>
    public static RecDataset Read(string interFile, DatasetOptions options)
    {
        var log = new InteractionLog(options.MinimumRating);
        using (var text = new DelimitedText(interFile, '\t', quoted: false))
        {
            var (header, types) = ReadHeader(text);
            var columns = new InteractionColumns(
                header.Require("user_id:token", "userID:token"),
                header.Require("item_id:token", "itemID:token"),
                header.Find("rating:float", "rating:token"),
                header.Find("timestamp:float", "timestamp:token"),
                header.Find("x_label:float", "x_label:token"));
            new InteractionTable(text, columns, types.Length, header.Names).ReadInto(log);
        }

        string itemFile = Path.ChangeExtension(interFile, ".item");
        IReadOnlyList<FeatureTable> features = File.Exists(itemFile) ? RecBoleItemFile.Read(itemFile) : [];
        return DatasetAssembly.Build(log, Path.GetFileNameWithoutExtension(interFile), features, options);
    }

    /// <summary>Whether a header line is RecBole's: it has a column with a type.</summary>
    public static bool IsHeader(string line) => line.Split('\t').Any(cell => Array.IndexOf(Types, TypeOf(cell)) >= 0);

    /// <summary>Reads a header and the type of each column.</summary>
    internal static (TableHeader Header, string[] Types) ReadHeader(DelimitedText text)
    {
        TableHeader header = TableHeader.Read(text);
        string[] types = [.. header.Names.Select(TypeOf)];
        int wrong = Array.FindIndex(types, type => Array.IndexOf(Types, type) < 0);
        return wrong < 0 ? (header, types) : throw text.Error($"expected columns named name:type with a type of {string.Join(", ", Types)}, found {Shown.Text(header.Names[wrong])}.");
    }

    private static readonly string[] Types = ["token", "float", "token_seq", "float_seq"];

    private static string TypeOf(string cell) => cell.LastIndexOf(':') is > 0 and int at ? cell[(at + 1)..] : "";
}
