using Parquet;
using Parquet.Schema;

namespace DRepMRec.Serving;

/// <summary>Writes recommendations as Parquet. Apart from the other writers, so that Parquet.Net is loaded for this one alone.</summary>
internal static class RecommendationParquet
{
    private const int GroupRows = 1 << 18;
    private static readonly DataField<string> User = new("user_id", nullable: false);
    private static readonly DataField<int> Rank = new("rank");
    private static readonly DataField<string> Item = new("item_id", nullable: false);
    private static readonly DataField<float> Score = new("score");
    private static readonly DataField<string> Source = new("source", nullable: false);
    private static readonly ParquetSchema Schema = new(User, Rank, Item, Score, Source);

    /// <remarks>On another thread, as Parquet.Net goes on in its caller's context.</remarks>
    public static Task<ExportSummary> WriteAsync(
        Stream stream, IAsyncEnumerable<UserRecommendations> lists, CancellationToken cancellationToken)
        => Task.Run(() => WriteHereAsync(stream, lists, cancellationToken), CancellationToken.None);

    private static async Task<ExportSummary> WriteHereAsync(
        Stream stream, IAsyncEnumerable<UserRecommendations> lists, CancellationToken cancellationToken)
    {
        var summary = default(ExportSummary);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(Schema, stream, cancellationToken: cancellationToken);
        var group = new Group();
        await foreach (var (user, list) in lists.WithCancellation(cancellationToken))
        {
            summary = summary.Plus(list);
            string source = list.Source.ToString();
            for (int n = 0; n < list.Count; n++)
            {
                group.Add(user, n + 1, list[n], source);
                if (group.Count == GroupRows)
                    await group.WriteAsync(writer, cancellationToken);
            }
        }

        if (group.Count > 0)
            await group.WriteAsync(writer, cancellationToken);
        return summary;
    }

    /// <summary>The columns of a row group, whose memory is used again.</summary>
    private sealed class Group
    {
        private readonly string[] _users = new string[GroupRows];
        private readonly int[] _ranks = new int[GroupRows];
        private readonly string[] _items = new string[GroupRows];
        private readonly float[] _scores = new float[GroupRows];
        private readonly string[] _sources = new string[GroupRows];

        public int Count { get; private set; }

        public void Add(string user, int rank, Recommendation item, string source)
        {
            (_users[Count], _ranks[Count], _items[Count], _scores[Count]) = (user, rank, item.Item, item.Score);
            _sources[Count++] = source;
        }

        public async Task WriteAsync(ParquetWriter writer, CancellationToken cancellationToken)
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(User, new ArraySegment<string>(_users, 0, Count));
            await group.WriteAsync<int>(Rank, _ranks.AsMemory(0, Count), cancellationToken: cancellationToken);
            await group.WriteAsync(Item, new ArraySegment<string>(_items, 0, Count));
            await group.WriteAsync<float>(Score, _scores.AsMemory(0, Count), cancellationToken: cancellationToken);
            await group.WriteAsync(Source, new ArraySegment<string>(_sources, 0, Count));
            Count = 0;
        }
    }
}
