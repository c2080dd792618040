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
