using DRepMRec.Data;
using DRepMRec.Kernels;
using DRepMRec.Losses;
using DRepMRec.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Losses;

public sealed class NegativeCorrectionTests
{
    private static readonly NegativeSampling ByPopularity = new()
    {
        Distribution = NegativeDistribution.Popularity,
        PopularityExponent = 1,
        Corrected = true,
    };

    [Fact]
    public void What_is_drawn_twice_as_often_counts_half_as_much()
    {
        var correction = new NegativeCorrection(4, [0, 1, 3], [2, 3, 4], draws: 2);
        correction.OfDrawn([0, 1, 3, 2]).Select(o => Math.Exp(o)).Should().SatisfyRespectively(
            x => x.Should().BeApproximately(2.0 / 3, 1e-6), x => x.Should().BeApproximately(4.0 / 3, 1e-6),
            x => x.Should().BeApproximately(4.0 / 3, 1e-6), x => x.Should().Be(1));

        // Of two draws item 0 is among 1 - 1/4, the others among 1 - 9/16, all alike among 1 - 4/9.
        correction.OfDistinct([0, 1]).Select(o => Math.Exp(o)).Should().SatisfyRespectively(
            x => x.Should().BeApproximately(5.0 / 9 / (3.0 / 4), 1e-6), x => x.Should().BeApproximately(5.0 / 9 / (7.0 / 16), 1e-6));
    }

    [Fact]
    public void The_softmax_counts_negatives_by_it()
    {
        using DisposeScope scope = NewDisposeScope();
        var batch = new TrainingBatch([0, 1], [0, 1], [2, 3, 2], sharedNegatives: true)
        {
            Correction = new NegativeCorrection(4, [2, 3], [3, 4], draws: 3),
        };
        float[] users = Samples.Floats(2 * 3, 1), items = Samples.Floats(4 * 3, 2);
        var loss = new RankingLoss.SampledSoftmax { Score = ScoreFunction.Dot, Temperature = 0.5, Negatives = 3 };
        double Exp(int user, int item) => Math.Exp(Enumerable.Range(0, 3).Sum(d => users[(user * 3) + d] * items[(item * 3) + d]) / 0.5);
        double Of(int user) => -Math.Log(Exp(user, user) / (Exp(user, user) + (2 * Exp(user, 2) / 1.5) + (Exp(user, 3) / 0.5)));
        Tensor actual = loss.Compute(new UserItemEmbeddings(tensor(users, 2, 3), tensor(items, 4, 3)), batch.Whole);
        actual.item<float>().Should().BeApproximately((float)((Of(0) + Of(1)) / 2), 1e-4f);
        Gradients.Check(tensor(items, 4, 3),
            x => loss.Compute(new UserItemEmbeddings(tensor(users, 2, 3), x), batch.Whole).reshape(1), step: 3e-3, tolerance: 1e-2);
    }

    [Fact]
    public void Both_ways_of_computing_agree()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor users = tensor(Samples.Floats(2 * 3, 1), 2, 3), items = tensor(Samples.Floats(4 * 3, 2), 4, 3);
        float[] offsets = [0.5f, -1];
        var pairs = new PairIndices([0, 1], [0, 1], [2, 3], Shared: true) { Offsets = offsets };
        ContrastiveLosses.SampledSoftmax(users, items, pairs, ExcludedPairs.Diagonal(2), 0.2).item<float>()
            .Should().BeApproximately(ContrastiveLosses.SampledSoftmaxByTensors(users, items.SelectRows([0, 1]), items.SelectRows([2, 3]),
                ExcludedPairs.Diagonal(2), 0.2, offsets: offsets).item<float>(), 1e-5f);
    }

    [Fact]
    public void Batches_have_it_where_negatives_are_drawn_by_popularity()
    {
        var train = new InteractionSet(3, 3, [(0, 0), (1, 0), (2, 1)]);
        BatchSampler Sampler(RankingLoss loss, NegativeSampling sampling) => new(train, loss, sampling, batchSize: 4);
        TrainingBatch batch = Sampler(new RankingLoss.SampledSoftmax { Negatives = 5 }, ByPopularity).Epoch(1).Single();
        batch.Correction!.OfDrawn([0, 1]).Select(o => Math.Exp(o)).Should().SatisfyRespectively(
            x => x.Should().BeApproximately(0.75, 1e-6), x => x.Should().BeApproximately(1.5, 1e-6));
        Sampler(new RankingLoss.SampledSoftmax(), new NegativeSampling { Corrected = true }).Epoch(1).Single().Correction.Should().BeNull();
        FluentActions.Invoking(() => Sampler(new RankingLoss.Bpr(), ByPopularity)).Should().Throw<ArgumentException>()
            .WithMessage("Expected a ranking loss whose batches share negatives, as NegativeSampling.Corrected is set; Bpr draws*");
    }
}
