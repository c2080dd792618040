using System.Data.Common;
using System.Globalization;
using System.Text;
using DRepMRec.Tests.Data;
using Microsoft.Data.Sqlite;

namespace DRepMRec.Tests.Documentation;

/// <summary>A shop's orders and products with what files of shops have: guests, repeats, returns, blanks, prices that are none.</summary>
internal static class ShopFiles
{
    private static readonly string[] Kinds = ["lamp", "chair", "rug", "vase"];

    private static readonly string?[][] Products =
    [
        .. Enumerable.Range(0, 40).Select(n => (string?[])[$"p{n}", $"{(n % 3 == 0 ? "Red" : "Blue")} {Kinds[n % 4]}, \"no. {n}\"",
            n % 5 == 0 ? null : $"A {Kinds[n % 4]} for the {(n % 2 == 0 ? "garden" : "hall")}",
            n % 2 == 0 ? $"{Kinds[n % 4]} | garden" : Kinds[n % 4],
            n % 7 == 0 ? null : (9.9 + n).ToString(CultureInfo.InvariantCulture), n % 6 == 0 ? null : $"2023-0{1 + (n % 9)}-15",
            n % 4 == 0 ? $"p{n}.png" : null]),
        ["p1", "Sold twice", null, null, null, null, null],
        [null, "Nobody's", null, null, null, null, null],
        ["p40", "Priceless", null, "vase", "on request", "soon", "../p40.png"],
    ];

    private static readonly string?[][] Orders =
    [
        .. Enumerable.Range(0, 60).SelectMany(c => Enumerable.Range(0, 12).Select(n => (string?[])[
            $"c{c}", $"p{((4 * n * (1 + (c % 3))) + c) % 40}",
            $"2024-{1 + (n % 12):00}-{1 + (c % 28):00}T1{n % 10}:30:00", $"{1 + (n % 3)}"])),
        ["c1", "p5", "2024-03-01T10:00:00", "1"],
        ["c1", "p5", "2024-04-01T10:00:00", "2"],
        [null, "p5", "2024-04-01T10:00:00", "1"],
        ["c2", null, "2024-04-01T10:00:00", "1"],
        ["c2", "p5", "2024-04-01T10:00:00", "-1"],
        ["c2", "p6", "yesterday", "1"],
        ["c3", "gift-card", "2024-04-01T10:00:00", "1"],
    ];

    /// <summary>As products.csv and orders.csv.</summary>
    public static TempFolder AsCsv(this TempFolder folder)
        => folder.With("products.csv", Csv("sku,title,about,kind,price,since,picture", Products, ["p2;torn line"]))
            .With("orders.csv", Csv("customer,product,bought_at,quantity", Orders, ["customer,product,bought_at,quantity", "c4,p7"]))
            .With("p0.png", [0x89, (byte)'P', (byte)'N', (byte)'G']);

    /// <summary>The rows of the two files that have all columns, as tables of shop.db.</summary>
    public static TempFolder AsDatabase(this TempFolder folder)
    {
        using var connection = new SqliteConnection($"Data Source={folder["shop.db"]};Pooling=False");
        connection.Open();
        Insert(connection, "products", "sku, title, about, kind, price, since, picture", Products);
        Insert(connection, "orders", "customer, product, bought_at, quantity", Orders);
        return folder;
    }

    private static string Csv(string header, string?[][] rows, string[] broken)
    {
        var text = new StringBuilder(header).Append('\n');
        foreach (string?[] row in rows)
            text.AppendJoin(',', row.Select(Quoted)).Append('\n');
        return text.AppendJoin('\n', broken).Append('\n').ToString();
    }

    private static string Quoted(string? cell) => cell is null ? ""
        : cell.AsSpan().ContainsAny(',', '"') ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;

    private static void Insert(SqliteConnection connection, string table, string columns, string?[][] rows)
    {
        using DbTransaction transaction = connection.BeginTransaction();
        using (DbCommand create = connection.CreateCommand())
        {
            create.CommandText = $"CREATE TABLE {table} ({columns})";
            create.ExecuteNonQuery();
        }

        foreach (string?[] row in rows)
        {
            using SqliteCommand insert = connection.CreateCommand();
            insert.CommandText = $"INSERT INTO {table} VALUES ({string.Join(", ", row.Select((_, n) => $"$p{n}"))})";
            for (int n = 0; n < row.Length; n++)
                insert.Parameters.AddWithValue($"$p{n}", row[n] is { } value ? value : DBNull.Value);
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }
}
