namespace DRepMRec.Data;

/// <summary>
/// RecBole's atomic files: <c>NAME.inter</c>, tab-separated, whose header has <c>name:type</c> columns, and perhaps <c>NAME.item</c>,
/// whose <c>float_seq</c> columns (numbers separated by spaces) are modalities, and whose others are the items' raw fields.
/// </summary>
internal static class RecBoleReader
{
    private const string ItemExtension = ".item";

    /// <summary>Reads the dataset around an interactions file.</summary>
    /// <param name="interFile">The interactions file.</param>
    /// <param name="more">What is known of the items beside the files.</param>
    /// <param name="options">The options.</param>
    public static RecDataset Read(string interFile, DatasetContent more, DatasetOptions options)
    {
        var folder = new DatasetFolder(Path.GetDirectoryName(Path.GetFullPath(interFile))!);
        folder.Reads(Path.GetFileName(interFile));
        var log = new InteractionLog(options);
        using (var text = new DelimitedText(interFile, '\t', quoted: false))
        {
            RecBoleHeader header = RecBoleHeader.Read(text);
            var columns = new InteractionColumns(
                header.Columns.Require("user_id:token", "userID:token"),
                header.Columns.Require("item_id:token", "itemID:token"),
                header.FindNumber("rating"),
                header.FindNumber("timestamp"),
                header.FindNumber(MmrecReader.LabelColumn));
            header.Columns.NoteUnread(log, columns.User, columns.Item, columns.Rating, columns.Timestamp, columns.Label);
            new InteractionRows(text, columns, header.Types.Count, header.Columns.Names).ReadInto(log);
        }

        string? itemFile = folder.Find(Path.GetFileNameWithoutExtension(interFile) + ItemExtension);
        IReadOnlyList<FeatureTable> features = itemFile is null ? [] : RecBoleItemFile.Read(folder, itemFile, log);
        // The table would have the same mistakes again, without those of the interactions.
        ItemTable? items = itemFile is null || more.Items is not null || log.IsRefused ? null
            : RecBoleItemTable.TryRead(folder[itemFile], new ItemTableOptions { BadRows = options.BadRows }, nameof(DatasetOptions));
        folder.NoteUnread(log);
        return DatasetAssembly.Build(log, DatasetFolder.NameOf(interFile), more.After(features, items), options);
    }
}
