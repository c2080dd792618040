using DRepMRec.Serving;
using Microsoft.Extensions.VectorData;

namespace DRepMRec.Tests.Serving.Output;

public sealed class VectorStoreTests
{
    private static readonly Recommender Recommender = Served.Recommender.WithoutItems([Served.Data.Items[3]]);

    [Theory]
    [InlineData(VectorSimilarity.DotProduct, 1e-5)]
    [InlineData(VectorSimilarity.Cosine, 1e-4)]
    [InlineData(VectorSimilarity.Euclidean, 1e-4)]
    public async Task The_store_ranks_as_the_recommender_does(VectorSimilarity similarity, double tolerance)
    {
        InProcessCollection<EmbeddingRecord> items = Collection(similarity);
        await Recommender.UpsertItemsAsync(items, new VectorUpsertOptions { Similarity = similarity });
        RecommendationRequest[] requests =
        [
            .. Recommender.Users.Take(100).Select(user => new RecommendationRequest { UserId = user }),
            new RecommendationRequest { History = Served.Recommender.History(Served.Data.Users[5]) },
        ];
        int ranked = 0;
        foreach (RecommendationRequest request in requests)
        {
            ReadOnlyMemory<float>? query = Recommender.QueryVector(request, similarity);
            RecommendationList expected = Recommender.Recommend(request with { Count = 10, ExcludeSeen = false });
            if (query is null)
            {
                expected.Source.Should().Be(RecommendationSource.Popularity);
                continue;
            }

            List<VectorSearchResult<EmbeddingRecord>> found = await items.SearchAsync(query.Value, 10).ToListAsync();
            found.Should().HaveCount(10);
            float[] scores = [.. found.Select(f => Recommender.Explain(request, f.Record.Id)!.Score)];
            for (int n = 0; n < 10; n++)
            {
                scores[n].Should().BeApproximately(expected[n].Score, (float)tolerance, "places change only where scores are equal but for "
                    + "rounding");
            }

            ranked++;
        }

        ranked.Should().BeGreaterThan(80);
    }

    [Theory]
    [InlineData(VectorSimilarity.Cosine)]
    [InlineData(VectorSimilarity.Euclidean)]
    public async Task Stores_without_dot_products_get_items_as_long_as_the_longest_and_users_as_they_are(VectorSimilarity similarity)
    {
        Recommender three = Recommender.FromEmbeddings(["u"], [3, 1], ["long", "short", "none"], [3, 4, 0, 1, 0, 0]);
        var options = new VectorUpsertOptions { Similarity = similarity };
        var items = new InProcessCollection<EmbeddingRecord>(three.VectorStoreDefinition(similarity), r => r.Id, r => r.Vector);
        await three.UpsertItemsAsync(items, options);
        Dictionary<string, float[]> expected = new()
        {
            ["long"] = [3, 4, 0],
            ["short"] = [0, 1, MathF.Sqrt(24)],
            ["none"] = [0, 0, 5],
        };
        foreach (var (id, vector) in expected)
            (await items.GetAsync(id))!.Vector.ToArray().Should().Equal(vector);
        await three.UpsertUsersAsync(items, options);
        (await items.GetAsync("u"))!.Vector.ToArray().Should().Equal(3, 1, 0);
    }

    [Fact]
    public async Task Users_are_written_with_whatever_else_a_record_holds()
    {
        var peers = new InProcessCollection<Peer>(Recommender.VectorStoreDefinition(), p => p.Key, p => p.Place);
        var progress = new List<ExportProgress>();
        await Recommender.UpsertUsersAsync(peers, r => new Peer(r.Id, r.Vector, Recommender.History(r.Id).Count),
            new VectorUpsertOptions { BatchSize = 100 }, new Reports(progress));
        string[] ranked = [.. Recommender.Users.Where(u => Recommender.QueryVector(new RecommendationRequest { UserId = u }) is not null)];
        peers.Upserts.Sum().Should().Be(ranked.Length);
        peers.Upserts.Should().OnlyContain(n => n <= 100).And.HaveCount((ranked.Length + 99) / 100);
        progress[^1].Should().Be(new ExportProgress(ranked.Length, ranked.Length));
        Peer peer = (await peers.GetAsync(ranked[7]))!;
        peer.Place.ToArray().Should().Equal(Recommender.QueryVector(new RecommendationRequest { UserId = ranked[7] })!.Value.ToArray());
        peer.Chosen.Should().Be(Recommender.History(ranked[7]).Count);
    }

    [Fact]
    public async Task Items_that_are_not_offered_are_not_written_and_others_are_replaced()
    {
        InProcessCollection<EmbeddingRecord> items = Collection(VectorSimilarity.DotProduct);
        await Recommender.UpsertItemsAsync(items);
        await Recommender.UpsertItemsAsync(items);
        items.Upserts.Should().Equal(199, 199);
        (await items.GetAsync(Served.Data.Items[3])).Should().BeNull();
        (await items.SearchAsync(new ReadOnlyMemory<float>(new float[Recommender.Manifest.Dimension]), 1000).CountAsync()).Should().Be(199);
    }

    [Fact]
    public async Task Vectors_for_another_similarity_do_not_fit_and_the_token_stops_it()
    {
        InProcessCollection<EmbeddingRecord> items = Collection(VectorSimilarity.Cosine);
        Func<Task> plain = () => Recommender.UpsertItemsAsync(items);
        await plain.Should().ThrowAsync<VectorStoreException>("a cosine needs one more number");
        Func<Task> stopped = () => Recommender.UpsertUsersAsync(items, cancellationToken: new CancellationToken(true));
        await stopped.Should().ThrowAsync<OperationCanceledException>();
        Func<Task> blended = () => Grown.Recommender.UpsertItemsAsync(items);
        await blended.Should().ThrowAsync<InvalidOperationException>().WithMessage("The scores have an item-to-item part "
            + "or popularity beside the products of vectors, which a vector store can't rank by: WithItemToItem(null) leaves it out.");
        Action unknown = () => Recommender.VectorStoreDefinition((VectorSimilarity)7);
        unknown.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static InProcessCollection<EmbeddingRecord> Collection(VectorSimilarity similarity)
        => new(Recommender.VectorStoreDefinition(similarity), r => r.Id, r => r.Vector);

    private sealed record Peer(string Key, ReadOnlyMemory<float> Place, int Chosen);

    private sealed class Reports(List<ExportProgress> all) : IProgress<ExportProgress>
    {
        public void Report(ExportProgress value) => all.Add(value);
    }
}
