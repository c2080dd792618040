using System.Data.Common;

namespace DRepMRec.Data;

/// <summary>What any database answers, as interactions.</summary>
internal static class DatabaseReader
{
    public static T Read<T>(DbDataReader reader, InteractionLayout layout, Func<ITextRows, TableHeader, T> make)
    {
        ArgumentNullException.ThrowIfNull(reader);
        TabularReader.CheckPlain(layout);
        var rows = new DatabaseRows(reader);
        return make(rows, TableHeader.Of(rows, rows.Names));
    }
}
