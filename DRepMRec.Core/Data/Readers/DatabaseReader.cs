using System.Data.Common;

namespace DRepMRec.Data;

/// <summary>What any database answers, as interactions.</summary>
internal static class DatabaseReader
{
    public static RecDataset Read(
        string name, DbDataReader reader, InteractionLayout layout, DatasetContent content, DatasetOptions options)
    {
        TabularReader.Check(layout, hasHeader: true);
        var rows = new DatabaseRows(reader);
        return TabularReader.Read(rows, TableHeader.Of(rows, rows.Names), layout, name, content, options);
    }
}
