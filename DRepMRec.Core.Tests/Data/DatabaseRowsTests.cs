using System.Data.Common;
using DRepMRec.Data;
using DRepMRec.Tests.Support;
using Npgsql;

namespace DRepMRec.Tests.Data;

/// <summary>Numbers that a provider has and can't give, or not in every type.</summary>
public sealed class DatabaseRowsTests
{
    private static readonly ItemLayout Codes = new() { Item = "sku", Categories = ["codes"] };

    public static TheoryData<string> Refusals => ["overflow", "format"];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_number_that_overflows_is_an_error_of_its_row(string kind)
    {
        Exception refusal = kind == "overflow" ? new OverflowException("It has 40 digits.") : new FormatException("It has 40 digits.");
        using var table = new System.Data.DataTable();
        foreach (string name in new[] { "customer", "product", "n" })
            table.Columns.Add(name);
        table.Rows.Add("ann", "lamp", "1");
        table.Rows.Add("bob", "rug", "2");
        Action items = () => ItemTable.FromDatabase(new RefusingReader(table, refusal), new() { Item = "product", Numbers = ["n"] });
        Action interactions = () => RecDataset.FromDatabase(
            "shop", new RefusingReader(table, refusal), new() { User = "customer", Item = "product", Weight = "n" });
        foreach (Action load in new[] { items, interactions })
        {
            load.Should().Throw<DatasetFormatException>()
                .WithMessage("row 2: expected a value in the column n, found one that the provider can't give: It has 40 digits.")
                .Which.InnerException.Should().BeSameAs(refusal);
        }
    }

    [SkippableFact]
    public void So_is_one_of_PostgreSQL_with_more_digits_than_a_decimal()
    {
        using var server = new PostgresServer();
        using NpgsqlConnection connection = server.ConnectionOrSkip();
        connection.Open();
        using DbDataReader rows = Query(connection, "SELECT 'lamp' AS product, 1.5e40::numeric AS n");
        const string Expected = "row 1: expected a value in the column n, found one that the provider can't give: *";
        FluentActions.Invoking(() => ItemTable.FromDatabase(rows, new() { Item = "product", Numbers = ["n"] })).Should()
            .Throw<DatasetFormatException>().WithMessage(Expected);
    }

    [Fact]
    public void A_list_with_NULL_that_overflows_in_one_type_is_asked_for_in_the_next()
    {
        using var table = new System.Data.DataTable();
        foreach (string name in new[] { "sku", "codes" })
            table.Columns.Add(name);
        table.Rows.Add("a", "a list");
        ItemTable.FromDatabase(new WideReader(table), Codes)["codes"]!.CategoriesOf(0).Should().Equal("9223372036854775807", "7");
    }

    [SkippableFact]
    public void So_is_one_of_PostgreSQL()
    {
        using var server = new PostgresServer();
        using NpgsqlConnection connection = server.ConnectionOrSkip();
        connection.Open();
        using DbDataReader rows = Query(connection, """
            SELECT 'a' AS sku, ARRAY[9223372036854775807, NULL, 7]::bigint[] AS codes UNION ALL SELECT 'b', ARRAY[8, NULL]::bigint[]
            ORDER BY sku
            """);
        ItemColumn codes = ItemTable.FromDatabase(rows, Codes)["codes"]!;
        codes.CategoriesOf(0).Should().Equal("9223372036854775807", "7");
        codes.CategoriesOf(1).Should().Equal("8");
    }

    private static DbDataReader Query(DbConnection connection, string text)
    {
        using DbCommand query = connection.CreateCommand();
        query.CommandText = text;
        return query.ExecuteReader();
    }

    /// <summary>A provider that can't give the number of the second row.</summary>
    private sealed class RefusingReader(System.Data.DataTable table, Exception refusal) : DelegatingReader(table.CreateDataReader())
    {
        private int _row;

        public override bool Read()
        {
            _row++;
            return base.Read();
        }

        public override object GetValue(int ordinal) => _row == 2 && GetName(ordinal) == "n" ? throw refusal : base.GetValue(ordinal);
    }

    /// <summary>A provider of a list of large numbers, one of which is NULL.</summary>
    private sealed class WideReader(System.Data.DataTable table) : DelegatingReader(table.CreateDataReader())
    {
        public override object GetValue(int ordinal)
            => GetName(ordinal) == "codes" ? throw new InvalidOperationException("There is a NULL.") : base.GetValue(ordinal);

        public override T GetFieldValue<T>(int ordinal) => typeof(T) == typeof(List<long?>)
            ? (T)(object)new List<long?> { long.MaxValue, null, 7 } : throw new OverflowException("It has no room.");
    }
}
