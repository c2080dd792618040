using System.Data.Common;
using System.Globalization;
using DRepMRec.Data;
using DRepMRec.Tests.Support;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;
using Npgsql;
using Parquet;
using Parquet.Schema;

namespace DRepMRec.Tests.Data;

/// <summary>The same orders by CSV, TSV, JSON lines, Parquet and databases are the same dataset.</summary>
public sealed class TableSourceTests
{
    private static readonly DatasetOptions ByTime = new() { Split = SplitStrategy.PerUserTime(0.2, 0.2) };
    private static readonly InteractionLayout Layout = new() { User = "customer", Item = "product", Timestamp = "bought", Weight = "n" };

    private static readonly (long Customer, string Product, DateTime At, int Count)[] Orders =
    [
        .. Enumerable.Range(0, 400).Select(n => (1_000_000_000_000 + (n % 19), $"p{n * 7 % 17}, \"x\"",
            new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(n * 7919 % 400 * 1234.5), 1 + (n % 4))),
    ];

    private static string Csv(char separator = ',') => string.Join(separator, "customer", "product", "bought", "n") + "\n"
        + string.Concat(Orders.Select(o => string.Create(CultureInfo.InvariantCulture,
            $"{o.Customer}{separator}\"{o.Product.Replace("\"", "\"\"", StringComparison.Ordinal)}\"{separator}"
                + $"{o.At:O}{separator}{o.Count}\n")));

    private static string Sql => string.Join(",\n", Orders.Select(o => string.Create(CultureInfo.InvariantCulture,
        $"({o.Customer}, '{o.Product}', '{o.At:yyyy-MM-dd HH:mm:ss.fff}', {o.Count})")));

    private static void ShouldBeTheSame(RecDataset data)
    {
        using TempFolder folder = new TempFolder().With("orders.csv", Csv());
        RecDataset csv = RecDataset.LoadDelimited(folder["orders.csv"],
            new() { User = "customer", Item = "product", Timestamp = "bought", Weight = "n" }, options: ByTime);
        csv.Report!.RowsMerged.Should().BePositive();
        csv.Test.Count.Should().BePositive();
        data.SplitChecksum.Should().Be(csv.SplitChecksum);
        data.Users.Ids.Should().Equal(csv.Users.Ids);
        data.Items.Ids.Should().Equal(csv.Items.Ids);
        data.Train.Weights.SequenceEqual(csv.Train.Weights).Should().BeTrue();
        data.Report!.Should().BeEquivalentTo(csv.Report);
    }

    private static RecDataset Query(DbConnection connection, string query = "SELECT n, bought, customer, product FROM orders")
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = query;
        using DbDataReader rows = command.ExecuteReader();
        return RecDataset.FromDatabase("shop", rows, Layout, options: ByTime);
    }

    private static void Run(DbConnection connection, string statement)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    [Fact]
    public void Tabs()
    {
        using TempFolder folder = new TempFolder().With("orders.tsv", Csv('\t'));
        ShouldBeTheSame(RecDataset.LoadDelimited(folder["orders.tsv"],
            new() { Separator = '\t', User = "customer", Item = "product", Timestamp = "bought", Weight = "n" }, options: ByTime));
    }

    [Fact]
    public void Another_encoding()
    {
        using TempFolder folder = new TempFolder().With("orders.csv",
            [.. System.Text.Encoding.Unicode.GetPreamble(), .. System.Text.Encoding.Unicode.GetBytes(Csv())]);
        ShouldBeTheSame(RecDataset.LoadDelimited(folder["orders.csv"],
            new() { Encoding = "utf-16", User = "customer", Item = "product", Timestamp = "bought", Weight = "n" }, options: ByTime));
    }

    [Fact]
    public void JSON_lines()
    {
        string text = string.Concat(Orders.Select(o => System.Text.Json.JsonSerializer.Serialize(
            new { n = o.Count, bought = o.At, customer = o.Customer, other = new[] { 1 }, product = o.Product }) + "\n\n"));
        using TempFolder folder = new TempFolder().With("orders.jsonl", text);
        RecDataset data = RecDataset.LoadJsonLines(folder["orders.jsonl"], Layout, options: ByTime);
        ShouldBeTheSame(data);
        data.Name.Should().Be("orders");
        data.Summarize().Notes.Should().Contain("1 column of orders.jsonl not read: other");
    }

    [Theory]
    [InlineData("", "x.jsonl: expected a JSON object per line, found an empty file.")]
    [InlineData("[1]\n", "x.jsonl line 1: expected a JSON object with the names of the columns in the first line, found '[1]'.")]
    [InlineData("{\"user\":1}\n", "x.jsonl line 1: expected a column item in the header, found '{\"user\":1}'.")]
    [InlineData("{\"user\":1,\"item\":2}\n{\"user\":1,", "x.jsonl line 2: expected a JSON object, found '{\"user\":1,'.")]
    [InlineData("{\"user\":1,\"item\":2}\n{\"user\":1,\"item\":2}{}",
        "x.jsonl line 2: expected a JSON object, found '{\"user\":1,\"item\":2}{}'.")]
    [InlineData("{\"user\":1,\"item\":[2]}\n", "x.jsonl line 1: expected a string or a number as item, found '{\"user\":1,\"item\":[2]}'.")]
    [InlineData("{\"user\":1,\"item\":2}\n{\"user\":1,\"item\":null}\n", "x.jsonl line 2: expected an item id, found a blank.")]
    [InlineData("{\"user\":1,\"item\":2}\n{\"item\":2}\n", "x.jsonl line 2: expected a user id, found a blank.")]
    public void JSON_lines_say_what_is_wrong(string text, string message)
    {
        using TempFolder folder = new TempFolder().With("x.jsonl", text);
        Views.FormatError(() => RecDataset.LoadJsonLines(folder["x.jsonl"], new())).Should().Be(message);
        FluentActions.Invoking(() => RecDataset.LoadJsonLines(folder["x.jsonl"], new DelimitedOptions())).Should()
            .Throw<ArgumentException>().WithMessage("Expected InteractionLayout; DelimitedOptions is for LoadDelimited alone.*");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Parquet_files(bool isNullable)
    {
        using var folder = new TempFolder();
        await WriteParquet(folder["orders.parquet"], isNullable);
        RecDataset data = RecDataset.LoadParquet(folder["orders.parquet"], Layout, options: ByTime);
        ShouldBeTheSame(data);
        data.Summarize().Notes.Should().Contain("1 column of orders.parquet not read: other");
        Views.FormatError(() => RecDataset.LoadParquet(folder["orders.parquet"], Layout with { User = "who" })).Should()
            .Be("orders.parquet: expected a column who in the header, found 'customer,product,bought,n,other'.");
        Views.FormatError(() => RecDataset.LoadParquet(folder["orders.parquet"], Layout with { Item = "other" })).Should()
            .Be("orders.parquet: expected single values in the column other, found lists or structures.");
        folder.With("x.parquet", "no Parquet");
        Views.FormatError(() => RecDataset.LoadParquet(folder["x.parquet"], Layout)).Should()
            .StartWith("x.parquet: expected a Parquet file, found ");
    }

    [Fact]
    public async Task More_rows_than_an_option_allows_are_refused_and_of_Parquet_before_any_is_unpacked()
    {
        const string Wrong = "expected at most 10 rows, found more (option DatasetOptions.MaxRows).";
        using TempFolder folder = new TempFolder()
            .With("a.csv", "user,item\n" + string.Concat(Enumerable.Range(0, 11).Select(n => $"u{n},i\n")));
        var few = new DatasetOptions { MaxRows = 10, Split = SplitStrategy.None };
        await WriteParquet(folder["orders.parquet"], isNullable: false);
        byte[] bytes = File.ReadAllBytes(folder["orders.parquet"]);
        bytes.AsSpan(4, bytes.Length / 2).Clear();
        folder.With("orders.parquet", bytes);
        Views.FormatError(() => RecDataset.LoadParquet(folder["orders.parquet"], Layout, options: ByTime)).Should().Contain("broken");
        Views.FormatError(() => RecDataset.LoadParquet(folder["orders.parquet"], Layout, options: few)).Should()
            .Be($"orders.parquet: {Wrong}");
        Views.FormatError(() => RecDataset.LoadDelimited(folder["a.csv"], new() { User = "user", Item = "item" }, options: few)).Should()
            .Be($"a.csv: {Wrong}");
        Interaction[] eleven = [.. Enumerable.Range(0, 11).Select(n => new Interaction($"u{n}", "i"))];
        Views.FormatError(() => RecDataset.FromInteractions("a", eleven, options: few)).Should().Be(Wrong);
        RecDataset.FromInteractions("a", eleven[1..], options: few).Train.Count.Should().Be(10);
        Views.FormatError(() => ItemTable.LoadParquet(folder["orders.parquet"], new() { Item = "product" }, new() { MaxRows = 10 }))
            .Should().Be("orders.parquet: expected at most 10 rows, found more (option ItemTableOptions.MaxRows).");
        Views.FormatError(() => ItemTable.LoadDelimited(folder["a.csv"], new() { Item = "user" }, new() { MaxRows = 10 })).Should()
            .Be("a.csv: expected at most 10 rows, found more (option ItemTableOptions.MaxRows).");
        ItemTable.LoadDelimited(folder["a.csv"], new() { Item = "user" }, new() { MaxRows = 11 }).Count.Should().Be(11);
        FluentActions.Invoking(() => new DatasetOptions { MaxRows = 0 }).Should().Throw<ArgumentOutOfRangeException>();
    }

    // Two row groups, and a column of lists that nothing reads.
    private static async Task WriteParquet(string path, bool isNullable)
    {
        var customer = new DataField("customer", typeof(long), isNullable: isNullable);
        var product = new DataField<string>("product", nullable: isNullable);
        var at = new DateTimeDataField("bought", DateTimeFormat.Timestamp, isAdjustedToUTC: true, isNullable: isNullable);
        var count = new DataField("n", typeof(int), isNullable: isNullable);
        var element = new DataField<int>(ListField.ElementName, nullable: false);
        var schema = new ParquetSchema(customer, product, at, count, new ListField("other", element));
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream);
        foreach (var part in Orders.Chunk(250))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            if (isNullable)
                await group.WriteAsync<long>(customer, part.Select(o => (long?)o.Customer).ToArray());
            else
                await group.WriteAsync<long>(customer, part.Select(o => o.Customer).ToArray());
            await group.WriteAsync(product, part.Select(o => o.Product).ToArray());
            if (isNullable)
                await group.WriteAsync<DateTime>(at, part.Select(o => (DateTime?)o.At).ToArray());
            else
                await group.WriteAsync<DateTime>(at, part.Select(o => o.At).ToArray());
            if (isNullable)
                await group.WriteAsync<int>(count, part.Select(o => (int?)o.Count).ToArray());
            else
                await group.WriteAsync<int>(count, part.Select(o => o.Count).ToArray());
            int[] levels = [.. Enumerable.Repeat(element.MaxDefinitionLevel, part.Length)];
            await group.WriteAllPartsAsync<int>(element, new int[part.Length], levels, new int[part.Length], CancellationToken.None);
        }
    }

    [Fact]
    public async Task Parquet_times_without_a_zone_are_UTC_wherever_they_are_read()
    {
        using var folder = new TempFolder();
        DateTime at = new(2024, 1, 31, 18, 30, 0, DateTimeKind.Unspecified);
        DateTimeDataField Field(string name, bool isUtc, bool isNullable)
            => new(name, DateTimeFormat.Timestamp, isAdjustedToUTC: isUtc, isNullable: isNullable);
        DateTimeDataField plain = Field("plain", false, false), nullable = Field("nullable", false, true), utc = Field("utc", true, false);
        DateTimeDataField element = Field(ListField.ElementName, false, false);
        await using (FileStream stream = File.Create(folder["times.parquet"]))
        {
            await using ParquetWriter writer = await ParquetWriter.CreateAsync(
                new ParquetSchema(plain, nullable, utc, new ListField("list", element)), stream);
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync<DateTime>(plain, new[] { at });
            await group.WriteAsync<DateTime>(nullable, new DateTime?[] { at });
            await group.WriteAsync<DateTime>(utc, new[] { DateTime.SpecifyKind(at, DateTimeKind.Utc) });
            await group.WriteAllPartsAsync<DateTime>(element, new[] { at }, new[] { element.MaxDefinitionLevel }, new[] { 0 },
                CancellationToken.None);
        }

        using var rows = new ParquetRows(folder["times.parquet"]);
        rows.Choose([0, 1, 2, 3], [3]);
        rows.Read().Should().BeTrue();
        const string Text = "2024-01-31T18:30:00.0000000";
        new[] { rows[0].ToString(), rows[1].ToString(), rows[2].ToString(), rows.List(3)!.Single() }.Should()
            .Equal(Text, Text, Text + "Z", Text);
    }

    [Fact]
    public void A_JSON_object_may_have_many_properties()
    {
        string others = string.Concat(Enumerable.Range(0, 200_000).Select(n => $"\"other{n}\":1,"));
        using TempFolder folder = new TempFolder().With("wide.jsonl",
            string.Concat(Enumerable.Range(0, 10).Select(n => $"{{{others}\"user\":\"u{n}\",\"item\":\"i{n}\"}}\n")));
        RecDataset.LoadJsonLines(folder["wide.jsonl"], new(), options: new() { Split = SplitStrategy.None }).Train.Count.Should().Be(10);
    }

    [Fact]
    public void An_answer_may_have_a_name_twice_unless_it_is_read()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        const string Joined = "SELECT 'ann' AS customer, 'lamp' AS product, '2024-01-31' AS bought, 1 AS n, 'x' AS name, 'y' AS name";
        Query(connection, Joined + " UNION ALL SELECT 'ann', 'tea', '2024-02-01', 2, 'x', 'y'"
            + " UNION ALL SELECT 'ann', 'pan', '2024-02-02', 2, 'x', 'y' UNION ALL SELECT 'ann', 'pot', '2024-02-03', 2, 'x', 'y'"
            + " UNION ALL SELECT 'ann', 'cup', '2024-02-04', 2, 'x', 'y'").Items.Count.Should().Be(5);
        Views.FormatError(() => Query(connection, Joined + ", 'chair' AS product")).Should().Be(
            "expected one column product in the header, found two, at the positions 1 and 6 from 0: give one of them another name, in a "
                + "query by AS.");
        Views.FormatError(() =>
        {
            using DbCommand command = connection.CreateCommand();
            command.CommandText = Joined;
            using DbDataReader rows = command.ExecuteReader();
            ItemTable.FromDatabase(rows, new() { Item = "product", Title = "name" });
        }).Should().StartWith("expected one column name in the header, found two, at the positions 4 and 5 from 0");
    }

    [Fact]
    public void An_answer_may_be_read_in_the_order_of_its_columns_alone()
    {
        using var table = new System.Data.DataTable();
        foreach (string name in new[] { "n", "bought", "customer", "product" })
            table.Columns.Add(name);
        foreach (var order in Orders)
            table.Rows.Add(order.Count, order.At.ToString("O", CultureInfo.InvariantCulture), order.Customer, order.Product);
        using (var rows = new SequentialReader(table))
            ShouldBeTheSame(RecDataset.FromDatabase("shop", rows, Layout, options: ByTime));
        table.Rows.Clear();
        table.Rows.Add("1", "lamp", "light", "9");
        using var products = new SequentialReader(table);
        ItemTable items = ItemTable.FromDatabase(
            products, new() { Item = "product", Title = "bought", Categories = ["customer"], Numbers = ["n"] });
        (items.Ids[0], items["bought"]!.TextOf(0), items["n"]!.NumberOf(0)).Should().Be(("9", "lamp", 1));
    }

    // As providers are with CommandBehavior.SequentialAccess.
    private sealed class SequentialReader(System.Data.DataTable table) : DelegatingReader(table.CreateDataReader())
    {
        private int _last;

        public override bool Read()
        {
            _last = 0;
            return base.Read();
        }

        public override bool IsDBNull(int ordinal) => base.IsDBNull(Forward(ordinal));

        public override object GetValue(int ordinal) => base.GetValue(Forward(ordinal));

        private int Forward(int ordinal) => ordinal >= _last ? _last = ordinal
            : throw new InvalidOperationException($"Invalid attempt to read from column ordinal '{ordinal}'.");
    }

    [Fact]
    public void SQLite()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        Run(connection, "CREATE TABLE orders (customer INTEGER, product TEXT, bought TEXT, n INTEGER)");
        Run(connection, $"INSERT INTO orders VALUES {Sql}");
        RecDataset data = Query(connection);
        ShouldBeTheSame(data);
        data.Name.Should().Be("shop");

        Run(connection, "INSERT INTO orders VALUES (NULL, 'p', NULL, 1), (5, 'p', 'soon', 1), (6, 'p', NULL, 1)");
        const string Last = "SELECT n, bought, customer, product FROM orders ORDER BY rowid DESC LIMIT 3";
        Views.FormatError(() => Query(connection, Last)).Should()
            .Be("row 2: expected a date such as 2024-01-31T18:30:00Z or a number as bought, found 'soon'.");
        Views.FormatError(() => Query(connection, "SELECT 1 AS who")).Should()
            .Be("expected a column customer in the header, found 'who'.");
    }

    [Fact]
    public void DuckDB()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        Run(connection, "CREATE TABLE orders (customer BIGINT, product VARCHAR, bought TIMESTAMP, n DECIMAL(9, 2))");
        Run(connection, $"INSERT INTO orders VALUES {Sql}");
        ShouldBeTheSame(Query(connection));
        RecDataset numbers = Query(connection, "SELECT epoch_ms(bought) AS bought, n, customer, product FROM orders");
        numbers.Report!.Timestamps.Should().Be(TimestampFormat.Milliseconds);
        numbers.SplitChecksum.Should().Be(Query(connection).SplitChecksum);
    }

    [SkippableFact]
    public void PostgreSQL()
    {
        using var server = new PostgresServer();
        using NpgsqlConnection connection = server.ConnectionOrSkip();
        connection.Open();
        Run(connection, "CREATE TEMP TABLE orders (customer BIGINT, product TEXT, bought TIMESTAMPTZ, n NUMERIC)");
        Run(connection, $"SET TIME ZONE 'UTC'; INSERT INTO orders VALUES {Sql}");
        ShouldBeTheSame(Query(connection));
    }
}
