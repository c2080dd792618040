using System.Data.Common;
using DRepMRec.Data;
using DRepMRec.Tests.Support;
using DuckDB.NET.Data;
using Npgsql;
using Parquet;
using Parquet.Schema;

namespace DRepMRec.Tests.Data;

/// <summary>Lists and arrays, in Parquet files and of databases, are categories; where one value is expected they are refused.</summary>
public sealed class ListColumnTests
{
    internal static ItemLayout Layout { get; } = new() { Item = "sku", Categories = ["tags", "codes"] };

    /// <summary>Writes a file with both columns.</summary>
    internal static Task WriteAsync(string path) => Write(path, "list", Tags, Codes);

    // Items with several, with blanks within, without a list, with an empty one, with one of blanks, with one.
    private static readonly string?[]?[] Tags = [["home", "light"], ["home", null, " garden ", "home"], null, [], [null], ["light"]];
    private static readonly long?[]?[] Codes = [null, [7, null], [-5], [], [long.MaxValue, 7], [null, null]];

    private static void ShouldBeTheCategories(ItemTable items)
    {
        items.Ids.Should().Equal("p0", "p1", "p2", "p3", "p4", "p5");
        string[][] Of(string column) => [.. Enumerable.Range(0, 6).Select(item => items[column]!.CategoriesOf(item).ToArray())];
        Of("tags").Should().BeEquivalentTo<string[]>(
            [["home", "light"], ["home", "garden"], [], [], [], ["light"]], options => options.WithStrictOrdering());
        Of("codes").Should().BeEquivalentTo<string[]>(
            [[], ["7"], ["-5"], [], ["9223372036854775807", "7"], []], options => options.WithStrictOrdering());
        items.Report!.Columns.Select(c => (c.Name, c.Items)).Should().Equal(("tags", 3), ("codes", 3));
    }

    // The three layouts there are: a list of values that may be null, one of values that may not, and a value that repeats.
    private static DataField Element(string layout, Type type, string name) => layout switch
    {
        "list" => new DataField(ListField.ElementName, type, isNullable: true),
        "without null" => new DataField(ListField.ElementName, type, isNullable: false),
        _ => new DataField(name, type, isNullable: true, isArray: true),
    };

    // Levels as Dremel has them: the value, else null within the list, else an empty list, else no list.
    private static (T[] Values, int[] Definitions, int[] Repetitions) Levels<T>(T?[]?[] lists, DataField element) where T : struct
    {
        int top = element.MaxDefinitionLevel;
        var entries = lists.SelectMany(list => list is null ? [(Value: (T?)null, Level: 0, First: true)]
            : list.Length == 0 ? [(Value: null, Level: Math.Min(1, top - 1), First: true)]
            : list.Select((value, n) => (Value: value, Level: value is null ? top - 1 : top, First: n == 0))).ToArray();
        return ([.. entries.Where(e => e.Value is not null).Select(e => e.Value!.Value)], [.. entries.Select(e => e.Level)],
            [.. entries.Select(e => e.First ? 0 : 1)]);
    }

    private static async Task Write(string path, string layout, string?[]?[] tags, long?[]?[] codes, bool asInt = false)
    {
        var sku = new DataField<string>("sku");
        DataField tag = Element(layout, typeof(string), "tags"), code = Element(layout, asInt ? typeof(int) : typeof(long), "codes");
        ParquetSchema schema = layout == "repeated" ? new(sku, tag, code)
            : new(sku, new ListField("tags", tag), new ListField("codes", code));
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream);
        int first = 0;
        foreach (int rows in (int[])[4, tags.Length - 4])
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(sku, Enumerable.Range(first, rows).Select(n => $"p{n}").ToArray());
            ReadOnlyMemory<char>?[]?[] text = [.. tags.Skip(first).Take(rows)
                .Select(list => list?.Select(one => one is null ? (ReadOnlyMemory<char>?)null : one.AsMemory()).ToArray())];
            var (values, definitions, repetitions) = Levels(text, tag);
            await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(tag, values, definitions, repetitions, CancellationToken.None);
            var (numbers, numberDefinitions, numberRepetitions) = Levels(codes[first..(first + rows)], code);
            if (asInt)
            {
                int[] small = Array.ConvertAll(numbers, number => (int)number);
                await group.WriteAllPartsAsync<int>(code, small, numberDefinitions, numberRepetitions, CancellationToken.None);
            }
            else
                await group.WriteAllPartsAsync<long>(code, numbers, numberDefinitions, numberRepetitions, CancellationToken.None);
            first += rows;
        }
    }

    [Theory]
    [InlineData("list")]
    [InlineData("repeated")]
    public async Task Parquet_lists_with_null_everywhere(string layout)
    {
        using var folder = new TempFolder();
        await Write(folder["x.parquet"], layout, Tags, Codes);
        ShouldBeTheCategories(ItemTable.LoadParquet(folder["x.parquet"], Layout));
    }

    [Fact]
    public async Task Parquet_lists_without_null_within()
    {
        using var folder = new TempFolder();
        string?[]?[] tags = [["a", "b"], null, [], ["c"], ["d"]];
        long?[]?[] codes = [[1], [2, 3, 2], [4], null, []];
        await Write(folder["x.parquet"], "without null", tags, codes, asInt: true);
        ItemTable items = ItemTable.LoadParquet(folder["x.parquet"], Layout);
        for (int item = 0; item < tags.Length; item++)
        {
            items["tags"]!.CategoriesOf(item).Should().Equal(tags[item] ?? []);
            items["codes"]!.CategoriesOf(item).Should().Equal((codes[item] ?? []).Distinct().Select(code => $"{code}"));
        }
    }

    [Fact]
    public async Task A_list_where_one_value_is_expected_is_refused()
    {
        using var folder = new TempFolder();
        await Write(folder["x.parquet"], "list", Tags, Codes);
        Refused(() => ItemTable.LoadParquet(folder["x.parquet"], new() { Item = "sku", Title = "tags" }),
            "x.parquet: expected single values in the column tags, found lists or structures.");
        Refused(() => ItemTable.LoadParquet(folder["x.parquet"], new() { Item = "codes" }),
            "x.parquet: expected single values in the column codes, found lists or structures.");
        Refused(() => RecDataset.LoadParquet(folder["x.parquet"], new() { User = "sku", Item = "tags" }),
            "x.parquet: expected single values in the column tags, found lists or structures.");

        var nested = new ListField("tags", new ListField(ListField.ElementName, new DataField<int>(ListField.ElementName)));
        var structure = new ListField("codes", new StructField(ListField.ElementName, new DataField<int>("code")));
        await using (FileStream stream = File.Create(folder["y.parquet"]))
        {
            await using ParquetWriter writer = await ParquetWriter.CreateAsync(
                new ParquetSchema(new DataField<string>("sku"), nested, structure), stream);
        }

        Refused(() => ItemTable.LoadParquet(folder["y.parquet"], new() { Item = "sku", Categories = ["tags"] }),
            "y.parquet: expected single values, or lists of them, in the column tags, found lists of lists or structures.");
        Refused(() => ItemTable.LoadParquet(folder["y.parquet"], new() { Item = "sku", Categories = ["codes"] }),
            "y.parquet: expected single values, or lists of them, in the column codes, found lists of lists or structures.");
    }

    [Fact]
    public void Lists_of_DuckDB()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using (DbDataReader rows = Rows(connection, $"""
            CREATE TABLE products (sku VARCHAR, tags VARCHAR[], codes BIGINT[]);
            INSERT INTO products VALUES {Sql("[", "]")};
            """))
        {
            ShouldBeTheCategories(ItemTable.FromDatabase(rows, Layout));
        }

        Refuses(connection, "['a']", "map {'a': 1}", "[[1]]");
    }

    [SkippableFact]
    public void Arrays_of_PostgreSQL()
    {
        using var server = new PostgresServer();
        using NpgsqlConnection connection = server.ConnectionOrSkip();
        connection.Open();
        using (DbDataReader rows = Rows(connection, $"""
            CREATE TEMP TABLE products (sku TEXT, tags TEXT[], codes BIGINT[]);
            INSERT INTO products VALUES {Sql("ARRAY[", "]")};
            """))
        {
            ShouldBeTheCategories(ItemTable.FromDatabase(rows, Layout));
        }

        Refuses(connection, "ARRAY['a']", "ARRAY[ARRAY[1, 2]]");
    }

    [Fact]
    public void Values_of_a_list_are_whole_and_the_separator_is_of_cells()
    {
        using TempFolder folder = new TempFolder().With("x.jsonl", """
            {"sku": "a", "tags": ["rock|pop", " jazz "]}
            {"sku": "b", "tags": "rock|pop"}
            """u8.ToArray());
        ItemTable items = ItemTable.LoadJsonLines(
            folder["x.jsonl"], new() { Item = "sku", Categories = ["tags"], CategorySeparator = "|" });
        items["tags"]!.CategoriesOf(0).Should().Equal("rock|pop", "jazz");
        items["tags"]!.CategoriesOf(1).Should().Equal("rock", "pop");
    }

    [Fact]
    public void What_a_provider_cannot_give_is_an_error_of_its_row()
    {
        using var table = new System.Data.DataTable();
        table.Columns.Add("sku", typeof(string));
        table.Columns.Add("tags", typeof(string));
        table.Rows.Add("a", "x");
        table.Rows.Add("b", "y");
        Action categories = () =>
            ItemTable.FromDatabase(new BrokenReader(table, "tags", 2), new() { Item = "sku", Categories = ["tags"] });
        Action texts = () => ItemTable.FromDatabase(new BrokenReader(table, "tags", 2), new() { Item = "sku", Title = "tags" });
        foreach (Action load in new[] { categories, texts })
        {
            load.Should().Throw<DatasetFormatException>()
                .WithMessage("row 2: expected a value in the column tags, found one that the provider can't give: It's a polygon.")
                .WithInnerException<InvalidCastException>();
        }
    }

    [Fact]
    public async Task Bytes_of_DuckDB_are_bytes()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using DbDataReader rows = Rows(connection, """
            CREATE TABLE products (sku VARCHAR, picture BLOB);
            INSERT INTO products VALUES ('a', '\x89PNG\x0D'::BLOB), ('b', NULL);
            """);
        ItemTable items = ItemTable.FromDatabase(rows, new() { Item = "sku", Image = "picture" });
        (await items["picture"]!.ImageOf(0)!.ReadAsync()).ToArray().Should().Equal(0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D);
        items["picture"]!.ImageOf(1).Should().BeNull();
    }

    private static string Sql(string open, string close)
    {
        string List<T>(IEnumerable<T>? list, Func<T, string> shown, string type)
            => list is null ? "NULL"
                : $"CAST({open}{string.Join(", ", list.Select(one => one is null ? "NULL" : shown(one)))}{close} AS {type})";
        return string.Join(",\n", Tags.Zip(Codes).Select((p, n)
            => $"('p{n}', {List(p.First, tag => $"'{tag}'", "VARCHAR[]")}, {List(p.Second, code => $"{code}", "BIGINT[]")})"));
    }

    private static DbDataReader Rows(DbConnection connection, string statements)
    {
        using (DbCommand make = connection.CreateCommand())
        {
            make.CommandText = statements;
            make.ExecuteNonQuery();
        }

        using DbCommand query = connection.CreateCommand();
        query.CommandText = "SELECT * FROM products ORDER BY sku";
        return query.ExecuteReader();
    }

    private static void Refuses(DbConnection connection, string list, params string[] nested)
    {
        DbDataReader Query(string value)
        {
            using DbCommand query = connection.CreateCommand();
            query.CommandText = $"SELECT 'a' AS sku, {value} AS tags";
            return query.ExecuteReader();
        }

        Refused(() =>
        {
            using DbDataReader rows = Query(list);
            ItemTable.FromDatabase(rows, new() { Item = "sku", Title = "tags" });
        }, "row 1: expected single values in the column tags, found lists or structures.");
        Refused(() =>
        {
            using DbDataReader rows = Query(list);
            RecDataset.FromDatabase("shop", rows, new() { User = "sku", Item = "tags" });
        }, "row 1: expected single values in the column tags, found lists or structures.");
        foreach (string value in nested)
        {
            Refused(() =>
            {
                using DbDataReader rows = Query(value);
                ItemTable.FromDatabase(rows, new() { Item = "sku", Categories = ["tags"] });
            }, "row 1: expected single values, or lists of them, in the column tags, found lists of lists or structures.");
        }
    }

    /// <summary>A provider that can't give one value.</summary>
    private sealed class BrokenReader(System.Data.DataTable table, string column, int row) : DelegatingReader(table.CreateDataReader())
    {
        private int _row;

        public override bool Read()
        {
            _row++;
            return base.Read();
        }

        public override object GetValue(int ordinal) => _row == row && GetName(ordinal) == column
            ? throw new InvalidCastException("It's a polygon.") : base.GetValue(ordinal);
    }

    private static void Refused(Action action, string message)
        => FluentActions.Invoking(action).Should().Throw<DatasetFormatException>().WithMessage(message);
}
