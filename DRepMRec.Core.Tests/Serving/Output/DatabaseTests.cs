using System.Data;
using System.Data.Common;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;

namespace DRepMRec.Tests.Serving.Output;

/// <summary>One contract, over databases that differ in how parameters are marked.</summary>
public sealed class DatabaseTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IDisposable
{
    private const string Query = "SELECT user_id, rank, item_id, score, source FROM recommendations";
    private readonly TempFolder _folder = new();

    public enum Engine
    {
        Sqlite,
        DuckDb,
        Postgres,
    }

    public static TheoryData<Engine> Engines => [.. Enum.GetValues<Engine>()];

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public async Task All_rows_are_there_bit_for_bit(Engine engine)
    {
        await using DbConnection connection = Connect(engine);
        foreach (int rows in new[] { 1, 5, 12, 400 })
        {
            var options = new DatabaseExportOptions { RowsPerInsert = rows, ReplaceRows = true };
            (await Lists.Recommender.RecommendAllAsync().WriteDatabaseAsync(connection, options)).Should().Be(Lists.Summary);
            Rows(connection).Should().BeEquivalentTo(Lists.Rows);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public async Task Rows_are_added_but_never_twice(Engine engine)
    {
        await using DbConnection connection = Connect(engine);
        IAsyncEnumerable<UserRecommendations> Of(params string[] users)
            => Lists.Recommender.RecommendAllAsync(new RecommendAllOptions { Users = users });
        await Of("a,b").WriteDatabaseAsync(connection);
        await Of("say \"hi\"").WriteDatabaseAsync(connection);
        Rows(connection).Should().HaveCount(6);
        Func<Task> again = () => Of("'; DROP TABLE x; --", "a,b").WriteDatabaseAsync(connection);
        await again.Should().ThrowAsync<DbException>();
        Rows(connection).Should().HaveCount(6, "all rows of a call are there, or none");
    }

    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public async Task What_fails_leaves_the_table_as_it_was(Engine engine)
    {
        await using DbConnection connection = Connect(engine);
        await Lists.Recommender.RecommendAllAsync().WriteDatabaseAsync(connection);
        var replace = new DatabaseExportOptions { ReplaceRows = true, RowsPerInsert = 2 };
        Func<Task> broken = () => Lists.Broken().WriteDatabaseAsync(connection, replace);
        await broken.Should().ThrowAsync<InvalidDataException>();
        using var source = new CancellationTokenSource();
        Func<Task> cancelled = () => Cancelled(source).WriteDatabaseAsync(connection, replace, source.Token);
        await cancelled.Should().ThrowAsync<OperationCanceledException>();
        Rows(connection).Should().BeEquivalentTo(Lists.Rows);
    }

    /// <summary>Some databases end a transaction where a table is made.</summary>
    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public async Task A_table_is_made_before_the_transaction(Engine engine)
    {
        await using DbConnection connection = Connect(engine);
        await FluentActions.Awaiting(() => Lists.Broken().WriteDatabaseAsync(connection, new DatabaseExportOptions { RowsPerInsert = 2 }))
            .Should().ThrowAsync<InvalidDataException>();
        Rows(connection).Should().BeEmpty("the table is there");
    }

    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public async Task Names_are_quoted_and_the_connection_is_left_as_it_was(Engine engine)
    {
        await using DbConnection connection = Connect(engine);
        var options = new DatabaseExportOptions { Table = "top \"20\"; --" };
        connection.State.Should().Be(ConnectionState.Open);
        await Lists.Recommender.RecommendAllAsync().WriteDatabaseAsync(connection, options);
        connection.State.Should().Be(ConnectionState.Open);
        Databases.Rows(connection, "SELECT user_id, rank, item_id, score, source FROM \"top \"\"20\"\"; --\"")
            .Should().BeEquivalentTo(Lists.Rows);

        Func<Task> missing = () => Lists.Recommender.RecommendAllAsync()
            .WriteDatabaseAsync(connection, options with { Schema = "no schema", CreateTable = false });
        await missing.Should().ThrowAsync<DbException>();
        if (engine != Engine.Postgres)
            return;
        await connection.CloseAsync();
        await Lists.Recommender.RecommendAllAsync().WriteDatabaseAsync(connection, options with { ReplaceRows = true, Schema = "public" });
        connection.State.Should().Be(ConnectionState.Closed, "it was");
    }

    [Theory]
    [InlineData("`", "`", "a`b", "`a``b`")]
    [InlineData("[", "]", "a [b", "[a [b]")]
    public async Task Names_are_quoted_as_a_database_wants_them_and_ids_have_the_type_that_is_named(
        string prefix, string suffix, string table, string quoted)
    {
        await using DbConnection connection = Connect(Engine.Sqlite);
        var options = new DatabaseExportOptions { Table = table, QuotePrefix = prefix, QuoteSuffix = suffix, IdType = "TEXT" };
        await Lists.Recommender.RecommendAllAsync().WriteDatabaseAsync(connection, options);
        Databases.Rows(connection, $"SELECT user_id, rank, item_id, score, source FROM {quoted}").Should().BeEquivalentTo(Lists.Rows);
        using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT sql FROM sqlite_master WHERE type = 'table'";
        command.ExecuteScalar().Should().BeOfType<string>().Which.Should().Contain("TEXT").And.NotContain("VARCHAR(255)");
    }

    [Fact]
    public async Task A_marker_that_the_database_does_not_know_is_its_error()
    {
        await using DbConnection connection = Connect(Engine.DuckDb);
        Func<Task> wrong = () => Lists.Recommender.RecommendAllAsync()
            .WriteDatabaseAsync(connection, new DatabaseExportOptions { ParameterMarker = ":" });
        await wrong.Should().ThrowAsync<DbException>();
        await Lists.Recommender.RecommendAllAsync().WriteDatabaseAsync(connection, new DatabaseExportOptions { ParameterMarker = "?" });
        Rows(connection).Should().BeEquivalentTo(Lists.Rows);
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        Action marker = () => _ = new DatabaseExportOptions { ParameterMarker = "%" };
        marker.Should().Throw<ArgumentException>().WithMessage("Expected @, $, : or ?, got '%'.*");
        foreach (string? known in new[] { null, "@", "$", ":", "?" })
            new DatabaseExportOptions { ParameterMarker = known }.ParameterMarker.Should().Be(known);
        Action rows = () => _ = new DatabaseExportOptions { RowsPerInsert = 0 };
        rows.Should().Throw<ArgumentOutOfRangeException>();
        Action table = () => _ = new DatabaseExportOptions { Table = "" };
        table.Should().Throw<ArgumentException>();
    }

    private static async IAsyncEnumerable<UserRecommendations> Cancelled(CancellationTokenSource source)
    {
        await foreach (UserRecommendations list in Lists.Recommender.RecommendAllAsync(new RecommendAllOptions { Users = ["a,b", "new"] }))
            yield return list;
        await source.CancelAsync();
        await foreach (UserRecommendations list in Lists.Recommender.RecommendAllAsync())
            yield return list;
    }

    private static List<(string User, int Rank, string Item, float Score, string Source)> Rows(DbConnection connection)
        => Databases.Rows(connection, Query);

    /// <summary>An open connection to a database without tables.</summary>
    private DbConnection Connect(Engine engine)
    {
        DbConnection connection = engine switch
        {
            Engine.Sqlite => new SqliteConnection($"Data Source={_folder["a.db"]}"),
            Engine.DuckDb => new DuckDBConnection($"DataSource={_folder["a.duckdb"]}"),
            _ => postgres.ConnectionOrSkip(),
        };
        connection.Open();
        if (engine == Engine.Postgres)
        {
            using DbCommand drop = connection.CreateCommand();
            drop.CommandText = "DROP TABLE IF EXISTS recommendations; DROP TABLE IF EXISTS \"top \"\"20\"\"; --\"";
            drop.ExecuteNonQuery();
        }

        return connection;
    }
}
