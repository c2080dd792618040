using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Graphs;
using DRepMRec.Losses;
using DRepMRec.Tests.Reliability;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

/// <summary>Weights of interactions reach the graph, the sampler and the loss as confidences; weights of 1 change not a bit.</summary>
public sealed class WeightedTrainingTests
{
    // User 0 has items 0 and 1, user 1 has item 1, user 2 and item 2 have nothing; confidences 1, 2 and 3.
    private static readonly InteractionSet Small = new(3, 3, [(0, 0), (0, 1), (1, 1)], [1, 3, 7]);

    private static RecDataset Reweighted(RecDataset data, Func<int, float> weight)
    {
        InteractionSet Of(InteractionSet set) => new(set.UserCount, set.ItemCount,
            [.. set.ExpandUsers().Zip(set.Items.ToArray())], [.. Enumerable.Range(0, set.Count).Select(weight)]);
        return new RecDataset(data.Name, data.Users, data.Items,
            new InteractionSplits(Of(data.Train), Of(data.Validation), Of(data.Test)), data.Features);
    }

    private static (string Fingerprint, double FirstLoss) Train(RecDataset data)
    {
        using DRepMRecModel model = DRepMRecModel.Create(data, new DRepMRecOptions { EmbeddingDim = 8 });
        TrainingReport report = new Trainer(model, data, TinyTraining.Options(2)).Fit();
        return (Fingerprint.Of(model, report), report.History[0].Losses["loss"]);
    }

    [Fact]
    public void A_confidence_is_the_logarithm_that_is_one_at_one()
    {
        Small.Confidences.ToArray().Should().Equal(1, 2, 3);
        Small.ConfidencesOf(0).ToArray().Should().Equal(1, 2);
        var small = new InteractionSet(1, 3, [(0, 0), (0, 1), (0, 2)], [2e-20f, 1e-4f, 9e19f]);
        small.Confidences[0].Should().BeApproximately((float)(2e-20 / Math.Log(2)), 1e-26f);
        small.Confidences[1].Should().BeApproximately((float)(Math.Log(1.0001) / Math.Log(2)), 1e-10f);
        small.Confidences[2].Should().BeApproximately((float)Math.Log2(9e19), 1e-4f);
        new InteractionSet(1, 1, [(0, 0)], [1]).Confidences.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void The_graph_has_confidences_as_edges_and_their_sums_as_degrees()
    {
        var graph = new InteractionGraph(Small);
        float[] ofUser = [(float)(1 / Math.Sqrt(3 * 1)), (float)(2 / Math.Sqrt(3 * 5)), (float)(3 / Math.Sqrt(3 * 5))];
        graph.NormalizedInteractions.Values.ToArray().Should().Equal(ofUser);
        graph.Adjacency.Values.ToArray().Should().Equal([.. ofUser, ofUser[0], ofUser[1], ofUser[2]]);
        graph.UserMeans.Values.ToArray().Should().Equal(1f / 3, 2f / 3, 1);
        InteractionGraph without = graph.Without([0], [0]);
        without.UserMeans.Values.ToArray().Should().Equal(1, 1);
        without.NormalizedInteractions.Values.ToArray()[0].Should().Be((float)(2 / Math.Sqrt(2 * 5)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batchs_histories_are_rows_of_the_graph(bool isHidden)
    {
        RecDataset data = Reweighted(Samples.Checkerboard(20, 30), n => 1 + (n % 5));
        var graph = new InteractionGraph(data.Train);
        TrainingBatch batch = new BatchSampler(data.Train, new RankingLoss.Bpr(), batchSize: 40, seed: 3).Epoch(1).First();
        InteractionGraph left = isHidden ? graph.Without(batch.UserIndices, batch.PositiveIndices) : graph;
        CsrMatrix expected = left.UserMeans.SelectRows(batch.Compact.Rows.Users.ToArray());
        CsrMatrix actual = BatchHistory.UserMeans(graph, batch.Compact.Rows, isHidden ? batch : null);
        actual.RowOffsets.ToArray().Should().Equal(expected.RowOffsets.ToArray());
        actual.Columns.ToArray().Should().Equal(expected.Columns.ToArray());
        actual.Values.ToArray().Should().Equal(expected.Values.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_loss_is_the_mean_by_confidence(bool isSoftmax)
    {
        using DisposeScope scope = NewDisposeScope();
        RankingLoss loss = isSoftmax ? new RankingLoss.SampledSoftmax { Negatives = 3 } : new RankingLoss.Bpr { Negatives = 2 };
        int[] users = [0, 2, 2, 1], positives = [1, 1, 4, 0], negatives = isSoftmax ? [3, 2, 0] : [3, 2, 0, 3, 2, 2, 4, 3];
        float[] confidences = [1, 2.5f, 0.25f, 4];
        var tables = new UserItemEmbeddings(Leaf(4, 1), Leaf(5, 2));
        TrainingBatch One(int b) => new([users[b]], [positives[b]], isSoftmax ? negatives : negatives[(2 * b)..((2 * b) + 2)], isSoftmax);
        var batch = new TrainingBatch(users, positives, negatives, isSoftmax) { Confidences = confidences };

        Tensor actual = loss.Compute(tables, batch.Whole);
        double expected = Enumerable.Range(0, 4).Sum(b => confidences[b] * loss.Compute(tables, One(b).Whole).item<float>())
            / confidences.Sum();
        actual.item<float>().Should().BeApproximately((float)expected, 1e-5f);
        actual.backward();
        var plain = new UserItemEmbeddings(Leaf(4, 1), Leaf(5, 2));
        foreach (int b in Enumerable.Range(0, 4))
            loss.Compute(plain, One(b).Whole).Times(confidences[b] / confidences.Sum()).backward();
        tables.Users.grad!.allclose(plain.Users.grad!, 1e-4, 1e-6).Should().BeTrue();
        tables.Items.grad!.allclose(plain.Items.grad!, 1e-4, 1e-6).Should().BeTrue();

        static Tensor Leaf(int rows, ulong seed) => tensor(Samples.Floats(rows * 3, seed), rows, 3).requires_grad_();
    }

    [Fact]
    public void Weights_of_one_change_nothing_equal_ones_hardly_and_others_the_training_and_its_checksum()
    {
        RecDataset data = TinyTraining.Data, ones = Reweighted(data, _ => 1), threes = Reweighted(data, _ => 3);
        RecDataset mixed = Reweighted(data, n => 1 + (n % 7));
        var (fingerprint, loss) = Train(data);
        Train(ones).Fingerprint.Should().Be(fingerprint);
        Train(threes).FirstLoss.Should().BeApproximately(loss, 1e-4);
        var (other, otherLoss) = Train(mixed);
        other.Should().NotBe(fingerprint);
        otherLoss.Should().NotBeApproximately(loss, 1e-4);
        ones.SplitChecksum.Should().Be(data.SplitChecksum);
        new[] { data, threes, mixed }.Select(d => d.SplitChecksum).Should().OnlyHaveUniqueItems();
    }
}
