namespace DRepMRec.Data;

/// <summary>Any Parquet file of interactions.</summary>
internal static class ParquetInteractions
{
    public static RecDataset Read(string path, InteractionLayout layout, DatasetContent content, DatasetOptions options)
    {
        DatasetLayout.ThrowIfFolder(path, "a Parquet file");
        TabularReader.Check(layout, hasHeader: true);
        using var rows = new ParquetRows(path);
        return TabularReader.Read(rows, TableHeader.Of(rows, rows.Names), layout, DatasetFolder.NameOf(path), content, options);
    }
}
