using System.Text;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DuckDB.NET.Data;
using Parquet;

namespace DRepMRec.Tests.Serving.Output;

public sealed class FileTests
{
    [Fact]
    public async Task A_csv_file_has_a_row_per_item()
    {
        using var folder = new TempFolder();
        string path = folder["top.csv"];
        Recommender recommender = Recommender.FromEmbeddings(["a,b", "z"], [1f, 0, 0, 0], ["x\"y", "p"], [0.1f, 0, 2, 0]);
        (await recommender.RecommendAllAsync().WriteCsvAsync(path)).Should().Be(new ExportSummary(2, 0, 4));
        File.ReadAllText(path).Should().Be(
            "user_id,rank,item_id,score,source\n\"a,b\",1,p,2,User\n\"a,b\",2,\"x\"\"y\",0.1,User\nz,1,\"x\"\"y\",0,Popularity\n"
            + "z,2,p,0,Popularity\n");
        File.ReadAllBytes(path)[0].Should().Be((byte)'u', "there is no byte order mark");
    }

    [Fact]
    public async Task Others_read_the_same_rows_from_a_csv_file()
    {
        using var folder = new TempFolder();
        (await Lists.Recommender.RecommendAllAsync().WriteCsvAsync(folder["top.csv"])).Should().Be(Lists.Summary);
        Rows($"SELECT * FROM read_csv('{folder["top.csv"]}', header = true, auto_detect = false, quote = '\"', columns = "
            + "{'user_id': 'VARCHAR', 'rank': 'INTEGER', 'item_id': 'VARCHAR', 'score': 'FLOAT', 'source': 'VARCHAR'})")
            .Should().Equal(Lists.Rows);
    }

    [Fact]
    public async Task A_parquet_file_has_a_row_per_item_for_whoever_reads_it()
    {
        using var folder = new TempFolder();
        (await Lists.Recommender.RecommendAllAsync().WriteParquetAsync(folder["top.parquet"])).Should().Be(Lists.Summary);
        Rows($"SELECT * FROM '{folder["top.parquet"]}'").Should().Equal(Lists.Rows);
        await using ParquetReader reader = await ParquetReader.CreateAsync(folder["top.parquet"]);
        reader.Schema.GetDataFields().Select(f => f.Name).Should().Equal("user_id", "rank", "item_id", "score", "source");
        reader.Schema.GetDataFields().Should().OnlyContain(f => !f.IsNullable);
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        var scores = new float[12];
        await group.ReadAsync<float>(reader.Schema.GetDataFields()[3], scores);
        scores.Should().Equal(Lists.Rows.Select(r => r.Score));
    }

    [Fact]
    public async Task Row_groups_are_of_bounded_size_and_users_without_items_are_counted()
    {
        using var folder = new TempFolder();
        const int Users = 1200, Items = 250;
        Recommender recommender = Recommender.FromEmbeddings(
            [.. Enumerable.Range(0, Users).Select(u => $"u{u}")], new float[Users],
            [.. Enumerable.Range(0, Items).Select(i => $"i{i}")], new float[Items]);
        var options = new RecommendAllOptions { Request = new RecommendationRequest { Count = Items } };
        ExportSummary summary = await recommender.RecommendAllAsync(options).WriteParquetAsync(folder["all.parquet"]);
        summary.Should().Be(new ExportSummary(Users, 0, Users * Items));
        await using ParquetReader reader = await ParquetReader.CreateAsync(folder["all.parquet"]);
        Enumerable.Range(0, reader.RowGroupCount).Select(g => reader.OpenRowGroupReader(g).RowCount)
            .Should().Equal(1 << 18, (Users * Items) - (1 << 18));

        var nothing = new RecommendAllOptions { Request = new RecommendationRequest { Candidates = [] } };
        var none = new ExportSummary(0, Users, 0);
        (await recommender.RecommendAllAsync(nothing).WriteParquetAsync(folder["none.parquet"])).Should().Be(none);
        (await recommender.RecommendAllAsync(nothing).WriteCsvAsync(folder["none.csv"])).Should().Be(none);
        File.ReadAllText(folder["none.csv"]).Should().Be("user_id,rank,item_id,score,source\n");
        Rows($"SELECT * FROM '{folder["none.parquet"]}'").Should().BeEmpty();
        await using ParquetReader empty = await ParquetReader.CreateAsync(folder["none.parquet"]);
        empty.RowGroupCount.Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_fails_leaves_the_file_as_it_was(bool csv)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["top"], "before", Encoding.UTF8);
        Task Write(IAsyncEnumerable<UserRecommendations> lists, string path, CancellationToken cancellationToken = default)
            => csv ? lists.WriteCsvAsync(path, cancellationToken) : lists.WriteParquetAsync(path, cancellationToken);
        Func<Task> broken = () => Write(Lists.Broken(), folder["top"]);
        await broken.Should().ThrowAsync<InvalidDataException>().WithMessage("the source broke");
        Func<Task> cancelled = () => Write(Lists.Recommender.RecommendAllAsync(), folder["top"], new CancellationToken(true));
        await cancelled.Should().ThrowAsync<OperationCanceledException>();
        Func<Task> nowhere = () => Write(Lists.Recommender.RecommendAllAsync(), folder["no/such"]);
        await nowhere.Should().ThrowAsync<IOException>().WithMessage("*such*can't be written*");
        folder.Files().Should().Equal(["top"], "nothing is left behind");
        File.ReadAllText(folder["top"]).Should().Be("before");
        await Write(Lists.Recommender.RecommendAllAsync(), folder["top"]);
        File.ReadAllText(folder["top"]).Should().NotBe("before");
    }

    [Fact]
    public async Task A_symbolic_link_stays_and_its_target_is_written()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["target.csv"], "before");
        File.CreateSymbolicLink(folder["link.csv"], folder["target.csv"]);
        await Lists.Recommender.RecommendAllAsync().WriteCsvAsync(folder["link.csv"]);
        new FileInfo(folder["link.csv"]).LinkTarget.Should().NotBeNull();
        File.ReadAllText(folder["target.csv"]).Should().StartWith("user_id,");
    }

    private static List<(string User, int Rank, string Item, float Score, string Source)> Rows(string query)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        return Databases.Rows(connection, query);
    }
}
