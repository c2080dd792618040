using System.Data.Common;
using System.Globalization;

namespace DRepMRec.Tests.Serving.Output;

internal static class Databases
{
    public static List<(string User, int Rank, string Item, float Score, string Source)> Rows(DbConnection connection, string query)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = query;
        using DbDataReader reader = command.ExecuteReader();
        var rows = new List<(string, int, string, float, string)>();
        while (reader.Read())
        {
            rows.Add((reader.GetString(0), Convert.ToInt32(reader.GetValue(1), CultureInfo.InvariantCulture), reader.GetString(2),
                Convert.ToSingle(reader.GetValue(3), CultureInfo.InvariantCulture), reader.GetString(4)));
        }

        return rows;
    }
}
