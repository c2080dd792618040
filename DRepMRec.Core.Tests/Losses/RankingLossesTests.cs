using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Losses;

public sealed class RankingLossesTests
{
    [Fact]
    public void Bpr_is_minus_the_log_sigmoid_of_the_difference()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = RankingLoss.Bpr.Mean(ones(1, 1), tensor(new float[] { 1, 2, 0 }, 3, 1),
            new PairIndices([0, 0], [0, 1], [2, 1], false));
        loss.item<float>().Should().BeApproximately((float)((Math.Log(1 + Math.Exp(-1)) + Math.Log(2)) / 2), 1e-6f);
    }

    [Fact]
    public void Bpr_and_the_softmax_of_tables_take_doubles()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor users = tensor(Support.Samples.Floats(4 * 3, 1), 4, 3), items = tensor(Support.Samples.Floats(5 * 3, 2), 5, 3);
        PairIndices own = new([0, 2, 3], [1, 1, 4], [0, 2, 3], false), shared = new([0, 2, 3], [1, 1, 4], [0, 3], true);
        Tensor Bpr(Tensor u, Tensor i) => RankingLoss.Bpr.Mean(u, i, own, 0.5);
        Tensor Softmax(Tensor u, Tensor i) => ContrastiveLosses.SampledSoftmax(u, i, shared, ExcludedPairs.Of(4, [(2, 1)]), 0.5);
        foreach (Func<Tensor, Tensor, Tensor> loss in new[] { Bpr, Softmax })
        {
            loss(users.to(ScalarType.Float64), items.to(ScalarType.Float64)).item<double>()
                .Should().BeApproximately(loss(users, items).item<float>(), 1e-5);
        }
    }

    [Theory]
    [InlineData("bpr")]
    [InlineData("softmax")]
    public void Interactions_count_by_their_confidences(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        RankingLoss loss = name == "bpr" ? new RankingLoss.Bpr() : new RankingLoss.SampledSoftmax { Negatives = 2 };
        var rows = new UserItemEmbeddings(tensor(Support.Samples.Floats(4 * 3, 1), 4, 3), tensor(Support.Samples.Floats(5 * 3, 2), 5, 3));
        float Loss(int[] users, int[] positives, float[] confidences)
        {
            var batch = new TrainingBatch(users, positives, loss.SharesNegatives ? [0, 3] : [.. users.Select(u => u)], loss.SharesNegatives)
            {
                Confidences = confidences,
            };
            return loss.Compute(rows, batch.Whole).item<float>();
        }

        float first = Loss([1], [2], []), second = Loss([3], [4], []);
        Loss([1, 3], [2, 4], []).Should().BeApproximately((first + second) / 2, 1e-5f);
        Loss([1, 3], [2, 4], [6, 2]).Should().BeApproximately(((3 * first) + second) / 4, 1e-5f);
    }

    [Fact]
    public void Sampled_softmax_is_the_cross_entropy_of_the_positive()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor user = tensor(new float[] { 1 }, 1, 1), positive = tensor(new float[] { 1 }, 1, 1);
        Tensor loss = ContrastiveLosses.SampledSoftmax(
            user, positive, tensor(new float[] { 0.5f, -1 }, 2, 1), ExcludedPairs.None, 0.5);
        double expected = Math.Log(Math.Exp(2) + Math.Exp(1) + Math.Exp(-2)) - 2;
        loss.item<float>().Should().BeApproximately((float)expected, 1e-6f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(37)]
    public void The_one_pass_softmax_has_the_values_and_gradients_of_libtorchs_operations(int negativeCount)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] Inputs() => [Leaf(5, 3, 1), Leaf(5, 3, 2), Leaf(negativeCount, 3, 3)];
        var excluded = ExcludedPairs.Of(5, [(0, 0), (3, negativeCount - 1)]);
        Tensor[] fused = Inputs(), plain = Inputs();
        Tensor actual = ContrastiveLosses.SampledSoftmax(fused[0], fused[1], fused[2], excluded, 0.2).Times(3);
        Tensor expected = ContrastiveLosses.SampledSoftmaxByTensors(plain[0], plain[1], plain[2], excluded, 0.2).Times(3);
        actual.item<float>().Should().BeApproximately(expected.item<float>(), 1e-5f);
        actual.backward();
        expected.backward();
        for (int n = 0; n < 3; n++)
            fused[n].grad!.allclose(plain[n].grad!, 1e-4, 1e-6).Should().BeTrue();

        static Tensor Leaf(int rows, int columns, ulong seed)
            => tensor(Support.Samples.Floats(rows * columns, seed), rows, columns).requires_grad_();
    }

    [Theory]
    [InlineData(ScoreFunction.Dot)]
    [InlineData(ScoreFunction.Cosine)]
    public void A_batch_of_bpr_matches_a_plain_loop(ScoreFunction score)
    {
        using DisposeScope scope = NewDisposeScope();
        float[] users = Support.Samples.Floats(4 * 3, 1), items = Support.Samples.Floats(5 * 3, 2);
        var batch = new TrainingBatch([0, 2, 3], [1, 1, 4], [0, 2, 3, 4, 0, 3]);
        double expected = 0;
        for (int b = 0; b < 3; b++)
        {
            for (int n = 0; n < 2; n++)
            {
                double x = Score(users, batch.UserIndices[b], items, batch.PositiveIndices[b], score)
                    - Score(users, batch.UserIndices[b], items, batch.NegativeIndices[(b * 2) + n], score);
                expected += Math.Log(1 + Math.Exp(-x)) / 6;
            }
        }

        Compute(new RankingLoss.Bpr { Score = score }, users, items, batch).Should().BeApproximately((float)expected, 1e-5f);
    }

    [Theory]
    [InlineData(ScoreFunction.Dot)]
    [InlineData(ScoreFunction.Cosine)]
    public void A_batch_of_sampled_softmax_leaves_the_users_own_items_out(ScoreFunction score)
    {
        using DisposeScope scope = NewDisposeScope();
        float[] users = Support.Samples.Floats(4 * 3, 1), items = Support.Samples.Floats(5 * 3, 2);
        var batch = new TrainingBatch([0, 2], [1, 4], [3, 1, 0, 3], sharedNegatives: true) { Known = Train };
        double expected = 0;
        for (int b = 0; b < 2; b++)
        {
            double positive = Score(users, batch.UserIndices[b], items, batch.PositiveIndices[b], score) / 0.3;
            double sum = Math.Exp(positive);
            foreach (int negative in batch.NegativeIndices)
            {
                if (!Train.Contains(batch.UserIndices[b], negative))
                    sum += Math.Exp(Score(users, batch.UserIndices[b], items, negative, score) / 0.3);
            }

            expected += (Math.Log(sum) - positive) / 2;
        }

        Compute(new RankingLoss.SampledSoftmax { Score = score, Temperature = 0.3 }, users, items, batch)
            .Should().BeApproximately((float)expected, 1e-5f);
    }

    [Fact]
    public void By_columns_too_an_item_of_the_user_counts_for_nothing_at_any_temperature()
    {
        // Of items 3, 1 and 2 user 0 has the first two, user 2 none. At such a temperature what counts counts alike.
        using DisposeScope scope = NewDisposeScope();
        using InProcessCollective alone = InProcessCollective.Create(1)[0];
        BatchRows rows = new TrainingBatch([0, 2], [1, 4], [3, 1, 2], sharedNegatives: true) { Known = Train }.Compact;
        var own = new UserItemEmbeddings(
            tensor(Support.Samples.Floats(2 * 16, 1), 2, 16), tensor(Support.Samples.Floats(4 * 16, 2), 4, 16));
        var loss = new RankingLoss.SampledSoftmax { Temperature = 1e9 };
        float expected = (float)((Math.Log(2) + Math.Log(4)) / 2);
        loss.ComputeByColumns(own, rows, new ColumnPartition(alone, 16)).item<float>().Should().BeApproximately(expected, 1e-6f);
        loss.Compute(own, rows).item<float>().Should().BeApproximately(expected, 1e-6f);
    }

    public static TheoryData<bool, bool, double> Batches => new()
    {
        { false, false, 1 }, { false, true, 0.4 }, { true, false, 0.4 }, { true, true, 2 },
    };

    [Theory]
    [MemberData(nameof(Batches))]
    public void By_libtorch_the_losses_of_batches_are_those_of_our_kernels(bool shared, bool weighted, double temperature)
    {
        using DisposeScope scope = NewDisposeScope();
        float[] users = Support.Samples.Floats(4 * 3, 1), items = Support.Samples.Floats(5 * 3, 2);
        var batch = new TrainingBatch([0, 2, 3], [1, 4, 4], shared ? [3, 1, 0, 3] : [0, 2, 3, 1, 0, 3], shared)
        {
            Known = shared ? Train : null,
            Confidences = weighted ? [1, 2.5f, 0.5f] : [],
        };
        RankingLoss[] losses = shared
            ? [new RankingLoss.Bpr { Temperature = temperature }, new RankingLoss.SampledSoftmax { Temperature = temperature }]
            : [new RankingLoss.Bpr { Temperature = temperature }];
        float[] expected = [.. losses.Select(loss => Compute(loss, users, items, batch))];
        using IDisposable libtorch = OwnKernels.SwitchOff();
        for (int n = 0; n < losses.Length; n++)
            Compute(losses[n], users, items, batch).Should().BeApproximately(expected[n], 1e-5f);
    }

    [Theory]
    [InlineData(new float[] { 1, 2 }, "Expected 1 confidences, got 2.*")]
    [InlineData(new float[] { 0 }, "Confidences must be above 0 and finite.*")]
    [InlineData(new float[] { -1 }, "Confidences must be above 0 and finite.*")]
    [InlineData(new float[] { float.PositiveInfinity }, "Confidences must be above 0 and finite.*")]
    [InlineData(new float[] { float.NaN }, "Confidences must be above 0 and finite.*")]
    public void Confidences_that_weigh_nothing_or_all_are_refused(float[] confidences, string message)
        => FluentActions.Invoking(() => new TrainingBatch([0], [0], [1]) { Confidences = confidences })
            .Should().Throw<ArgumentException>().WithMessage(message);

    private static readonly InteractionSet Train = new(4, 5, [(0, 1), (0, 3), (2, 4), (2, 0), (3, 4)]);

    private static float Compute(RankingLoss loss, float[] users, float[] items, TrainingBatch batch)
        => loss.Compute(new UserItemEmbeddings(tensor(users, 4, 3), tensor(items, 5, 3)), batch.Whole).item<float>();

    private static double Score(float[] users, int user, float[] items, int item, ScoreFunction score)
    {
        double dot = 0, uu = 0, ii = 0;
        for (int d = 0; d < 3; d++)
        {
            dot += users[(user * 3) + d] * items[(item * 3) + d];
            uu += users[(user * 3) + d] * users[(user * 3) + d];
            ii += items[(item * 3) + d] * items[(item * 3) + d];
        }

        return score == ScoreFunction.Dot ? dot : dot / Math.Sqrt(uu * ii);
    }
}
