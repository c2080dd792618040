namespace DRepMRec.Data;

/// <summary>
/// The layout of MMRec: <c>NAME.inter</c>, tab-separated with a header; any number of <c>MODALITY_feat.npy</c> whose row r belongs to the item r;
/// and perhaps the mapping files <c>u_id_mapping.csv</c> and <c>i_id_mapping.csv</c>, which give the numbers their raw ids.
/// </summary>
internal static class MmrecReader
{
    public const string UserMappingFile = "u_id_mapping.csv";
    public const string ItemMappingFile = "i_id_mapping.csv";

    /// <summary>Reads the dataset around an interactions file.</summary>
    public static RecDataset Read(string interFile, DatasetOptions options)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(interFile))!;
        IdMapping? users = IdMapping.TryRead(Path.Combine(folder, UserMappingFile), "userID");
        IdMapping? items = IdMapping.TryRead(Path.Combine(folder, ItemMappingFile), "itemID");
        var log = new InteractionLog(options.MinimumRating);
        users?.Register(log.Users);
        items?.Register(log.Items);

        using (var text = new DelimitedText(interFile, '\t', quoted: false))
        {
            TableHeader header = TableHeader.Read(text);
            var columns = new InteractionColumns(
                header.Require("userID", "user_id"),
                header.Require("itemID", "item_id"),
                header.Find("rating"),
                header.Find("timestamp"),
                header.Find("x_label"));
            new InteractionTable(text, columns, header.Names.Count, header.Names) { UserMapping = users, ItemMapping = items }.ReadInto(log);
        }

        List<FeatureTable> features = RowAlignedFeatures.Read(folder, items);
        if (items is null)
            RowAlignedFeatures.RequireRows(features, log);
        else
            RequireRows(features, items);
        return DatasetAssembly.Build(log, Path.GetFileNameWithoutExtension(interFile), features, options);
    }

    private static void RequireRows(List<FeatureTable> features, IdMapping items)
    {
        foreach (FeatureTable table in features)
        {
            if (table.ItemIds.Count <= items.LargestNumber)
                throw new DatasetFormatException($"expected {items.LargestNumber + 1} rows for the items of {ItemMappingFile}, found {table.ItemIds.Count}.", table.Modality + RowAlignedFeatures.Suffix);
        }
    }
}
