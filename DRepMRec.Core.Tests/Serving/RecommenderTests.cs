using DRepMRec.Data;
using DRepMRec.Serving;
using DRepMRec.Tests.Support;
using DRepMRec.Training;

namespace DRepMRec.Tests.Serving;

public sealed class RecommenderTests
{
    [Theory]
    [InlineData(3e-23f)]
    [InlineData(1e-18f)]
    [InlineData(1e20f)]
    public void Cosines_do_not_depend_on_how_long_rows_are(float length)
    {
        var seen = new InteractionSet(1, 3, [(0, 1), (0, 2)]);
        Recommender r = Recommender.FromEmbeddings(
            ["u"], [1f, 0], ["x", "a", "b"], [length, 0, length, 0, 1, 0.5f], seen);
        r.SimilarItems("x", 2).Select(s => s.Item).Should().Equal("a", "b");
        r.SimilarItems("x", 2)[0].Score.Should().BeApproximately(1, 1e-6f);
        Explanation why = r.Explain("u", "x")!;
        why.Supporters.Select(s => s.Item).Should().Equal("a", "b");
        why.Supporters[0].Score.Should().BeApproximately(1, 1e-6f);
    }

    // Users at 0° and 90°; items at 0°, 45°, 90°, twice as long at 45°, and nothing at all.
    internal static Recommender Tiny()
    {
        float[] users = [1, 0, 0, 2], items = [1, 0, 1, 1, 0, 4, 2, 2, 0, 0];
        var manifest = new ModelManifest(ModelManifest.CurrentFormatVersion, "0.1.0", "tiny", "abc", 2, 5, 2,
            new Dictionary<string, double> { ["Recall@20"] = 0.5 });
        return new Recommender(ServingModel.OfFusedRows(manifest, ["anna", "bé"], ["a", "b", "c", "d", "e"], RowStore.Of(users, 2),
            RowStore.Of(items, 2), new InteractionSet(2, 5, [(0, 3), (1, 2)])));
    }

    [Fact]
    public void Recommends_the_highest_dot_products_without_seen_items()
    {
        Recommender tiny = Tiny();
        tiny.Recommend("anna").Should().Equal(new Recommendation("a", 1), new Recommendation("b", 1), new Recommendation("c", 0),
            new Recommendation("e", 0));
        tiny.Recommend("bé", 2).Should().Equal(new Recommendation("d", 4), new Recommendation("b", 2));
        tiny.Recommend("anna", 1, excludeSeen: false).Should().Equal(new Recommendation("d", 2));
        tiny.Recommend("anna", 0).Should().BeEmpty();
    }

    [Fact]
    public void Two_equal_rows_have_a_cosine_of_1_and_no_more()
    {
        float[] rows = Samples.Floats(64 * 50, 3);
        string[] ids = [.. Enumerable.Range(0, 100).Select(n => $"i{n}")];
        Recommender twins = Recommender.FromEmbeddings(["u"], rows[..64], ids, [.. rows, .. rows]);
        for (int n = 0; n < 50; n++)
        {
            Recommendation first = twins.SimilarItems(ids[n], 1)[0];
            first.Item.Should().Be(ids[n + 50]);
            first.Score.Should().BeInRange(0.99999f, 1);
        }
    }

    [Fact]
    public void Similar_items_are_those_of_the_highest_cosine_without_itself()
    {
        IReadOnlyList<Recommendation> similar = Tiny().SimilarItems("b", 3);
        similar.Select(s => s.Item).Should().Equal("d", "a", "c");
        similar.Select(s => s.Score).Should().Equal([1, MathF.Sqrt(0.5f), MathF.Sqrt(0.5f)], (a, b) => MathF.Abs(a - b) < 1e-6f);
        Tiny().SimilarItems("e").Should().OnlyContain(s => s.Score == 0, "nothing is known of it");
    }

    [Fact]
    public void A_trained_model_recommends_what_is_left_of_the_users_colour()
    {
        RecDataset board = Samples.Checkerboard(40, 30);
        using var model = DRepMRecModel.Create(board, new DRepMRecOptions { EmbeddingDim = 16 });
        TrainingReport report = new Trainer(model, board,
            new TrainerOptions { MaxEpochs = 30, BatchSize = 64, Adam = new AdamOptions { LearningRate = 0.01 } }).Fit();
        Recommender recommender = report.BuildRecommender();
        for (int user = 0; user < 40; user++)
        {
            IReadOnlyList<Recommendation> two = recommender.Recommend($"u{user}", 2);
            two.Should().OnlyContain(r => board.Items.IndexOf(r.Item) % 2 == user % 2 && !board.Train
                .Contains(user, board.Items.IndexOf(r.Item)));
        }

        recommender.SimilarItems("i3", 5).Should().OnlyContain(s => board.Items.IndexOf(s.Item) % 2 == 1);
        recommender.Manifest.Should().Match<ModelManifest>(m => m.Dataset == "checkerboard" && m.SplitChecksum == board.SplitChecksum
            && m.Users == 40 && m.Items == 30);
        recommender.Manifest.Validation["Recall@20"].Should().Be(report.Validation!.Metrics[DRepMRec.Evaluation.RankingMetric.Recall(20)]);
    }
}
