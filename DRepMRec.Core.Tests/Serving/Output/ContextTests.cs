using System.Data;
using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

namespace DRepMRec.Tests.Serving.Output;

/// <summary>
/// Whatever an export waits for, it doesn't go on in its caller's context: whoever blocks a window's or a request's thread until it's done
/// would wait for ever.
/// </summary>
public sealed class ContextTests
{
    private static readonly UserRecommendations[] All = [.. Lists.Recommender.Users.Select(
        user => new UserRecommendations(user, Lists.Recommender.Recommend(user, 20)))];

    [Fact]
    public async Task Csv_is_written_wherever_there_is_a_thread()
    {
        using var folder = new TempFolder();
        await RequireNoReturn(All.Length, pauses => pauses.Lists(All).WriteCsvAsync(folder["top.csv"]));

        // Long enough to be written in pieces.
        string once = File.ReadAllText(folder["top.csv"]), header = once[..(once.IndexOf('\n') + 1)];
        string many = header + string.Concat(Enumerable.Repeat(once[header.Length..], 300));
        await RequireNoReturn(2, async pauses =>
        {
            using var stream = new PausedStream(pauses);
            await RecommendationCsv.WriteAsync(stream, Enumerable.Repeat(All, 300).SelectMany(lists => lists).ToAsyncEnumerable(), default)
                .ConfigureAwait(false);
            (System.Text.Encoding.UTF8.GetString(stream.ToArray()) == many).Should().BeTrue();
        });
    }

    [Fact]
    public async Task Parquet_is_written_wherever_there_is_a_thread()
    {
        using var folder = new TempFolder();
        await RequireNoReturn(All.Length, pauses => pauses.Lists(All).WriteParquetAsync(folder["top.parquet"]));
        await RequireNoReturn(2, async pauses =>
        {
            using var stream = new PausedStream(pauses);
            await RecommendationParquet.WriteAsync(stream, All.ToAsyncEnumerable(), default).ConfigureAwait(false);
        });
    }

    [Fact]
    public async Task Databases_are_written_wherever_there_is_a_thread()
    {
        using var folder = new TempFolder();
        var options = new DatabaseExportOptions { RowsPerInsert = 5, ReplaceRows = true };
        string place = $"Data Source={folder["a.db"]};Pooling=False";
        await RequireNoReturn(12, async pauses =>
        {
            using var connection = new PausedConnection(pauses, place);
            (await pauses.Lists(All).WriteDatabaseAsync(connection, options).ConfigureAwait(false)).Should().Be(Lists.Summary);
            connection.State.Should().Be(ConnectionState.Closed, "it was");
            connection.Statements.Should().Equal([0, 0, 25, 25, 10], "two for the table, and twelve rows of five by five");
        });
        using var after = new Microsoft.Data.Sqlite.SqliteConnection(place);
        after.Open();
        Databases.Rows(after, "SELECT user_id, rank, item_id, score, source FROM recommendations").Should().BeEquivalentTo(Lists.Rows);
    }

    [Fact]
    public async Task Vector_stores_are_written_wherever_there_is_a_thread()
        => await RequireNoReturn(2, pauses => Lists.Recommender.UpsertItemsAsync(
            new InProcessCollection<EmbeddingRecord>(Lists.Recommender.VectorStoreDefinition(), r => r.Id, r => r.Vector, pauses),
            new VectorUpsertOptions { BatchSize = 2 }));

    [Fact]
    public async Task What_waits_itself_waits_for_nothing_in_its_callers_context()
    {
        using var folder = new TempFolder();
        await All.Take(1).ToAsyncEnumerable().WriteParquetAsync(folder["top.parquet"]);
        var context = new CountingContext();
        ItemTable items = context.Run(() =>
        {
            Lists.Recommender.ExportParquet(folder.Path);
            return ItemTable.LoadParquet(folder["top.parquet"], new() { Item = "item_id", Title = "source", Numbers = ["score"] });
        });
        items.Ids.Should().Equal(All[0].Items.Select(r => r.Item));
        context.Posts.Should().Be(0);
    }

    /// <summary>Runs an export under a context that nothing may go on in, with a pause at another operation each time.</summary>
    private static async Task RequireNoReturn(int atLeast, Func<Pauses, Task> export)
    {
        for (int at = 0; ; at++)
        {
            var pauses = new Pauses(at);
            var context = new CountingContext();
            Task task = context.Run(() => export(pauses));
            pauses.End();
            await task;
            context.Posts.Should().Be(0, "operation {0}", at);
            if (!pauses.HasPaused)
            {
                at.Should().BeGreaterThanOrEqualTo(atLeast);
                return;
            }
        }
    }

    private sealed class CountingContext : SynchronizationContext
    {
        private int _posts;

        public int Posts => Volatile.Read(ref _posts);

        public T Run<T>(Func<T> start)
        {
            SynchronizationContext? before = Current;
            SetSynchronizationContext(this);
            try
            {
                return start();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public override void Post(SendOrPostCallback d, object? state)
        {
            Interlocked.Increment(ref _posts);
            base.Post(d, state);
        }
    }
}
