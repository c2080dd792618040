namespace DRepMRec.Data;

/// <summary>Any Parquet file of interactions.</summary>
internal static class ParquetInteractions
{
    public static T Read<T>(string path, InteractionLayout layout, Func<ITextRows, TableHeader, T> make)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        TabularReader.CheckPlain(layout);
        DatasetLayout.ThrowIfFolder(path, "a Parquet file");
        using var rows = new ParquetRows(path);
        return make(rows, TableHeader.Of(rows, rows.Names));
    }
}
