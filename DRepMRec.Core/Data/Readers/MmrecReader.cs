namespace DRepMRec.Data;

/// <summary>
/// The layout of MMRec: <c>NAME.inter</c>, tab-separated with a header; any number of <c>MODALITY_feat.npy</c> whose row r belongs to the
/// item r; and perhaps the mapping files <c>u_id_mapping.csv</c> and <c>i_id_mapping.csv</c>, which give the numbers their raw ids.
/// </summary>
internal static class MmrecReader
{
    public const string UserMappingFile = "u_id_mapping.csv";
    public const string ItemMappingFile = "i_id_mapping.csv";
    public const string LabelColumn = "x_label";

    /// <summary>The column that <see cref="MmrecWriter"/> adds for weights that aren't all 1.</summary>
    public const string WeightColumn = "x_weight";

    /// <summary>Reads the dataset around an interactions file.</summary>
    /// <param name="interFile">The interactions file.</param>
    /// <param name="more">What is known of the items beside the files.</param>
    /// <param name="options">The options.</param>
    public static RecDataset Read(string interFile, DatasetContent more, DatasetOptions options)
    {
        var folder = new DatasetFolder(Path.GetDirectoryName(Path.GetFullPath(interFile))!);
        folder.Reads(Path.GetFileName(interFile));
        var log = new InteractionLog(options);
        IdMapping? users = IdMapping.TryRead(folder, UserMappingFile, "userID", log);
        IdMapping? items = IdMapping.TryRead(folder, ItemMappingFile, "itemID", log);
        users?.Register(log.Users);
        items?.Register(log.Items, options.Catalogue);

        using (var text = new DelimitedText(interFile, '\t', quoted: false))
        {
            TableHeader header = TableHeader.Read(text);
            var columns = new InteractionColumns(
                header.Require("userID", "user_id"),
                header.Require("itemID", "item_id"),
                header.Find("rating"),
                header.Find("timestamp"),
                header.Find(LabelColumn),
                header.Find(WeightColumn));
            header.NoteUnread(log, columns.User, columns.Item, columns.Rating, columns.Timestamp, columns.Label, columns.Weight);
            new InteractionRows(text, columns, header.Names.Count, header.Names) { UserMapping = users, ItemMapping = items }.ReadInto(
                log);
        }

        List<FeatureTable> features = RowAlignedFeatures.Read(folder, items);
        if (items is null)
            RowAlignedFeatures.RequireRows(features, log);
        else
            items.ThrowIfRowsMissing(features);
        folder.NoteUnread(log);
        return DatasetAssembly.Build(log, DatasetFolder.NameOf(interFile), more.After(features), options);
    }
}
