using DRepMRec.Data;
using DRepMRec.Losses;
using DRepMRec.Tests.Model;
using DRepMRec.Tests.Support;
using DRepMRec.Training;

namespace DRepMRec.Tests.Losses;

public sealed class BatchSamplerTests
{
    private static readonly RankingLoss.Bpr Bpr = new() { Negatives = 3 };

    [Fact]
    public void An_epoch_has_each_interaction_once_and_no_negative_of_the_user()
    {
        RecDataset data = Samples.Checkerboard(20, 30);
        var sampler = new BatchSampler(data.Train, Bpr, new NegativeSampling(), 64, seed: 1);
        TrainingBatch[] batches = [.. sampler.Epoch(1)];
        batches.Should().HaveCount(sampler.BatchCount);
        batches.SelectMany(b => b.UserIndices.ToArray().Zip(b.PositiveIndices.ToArray()))
            .Should().OnlyHaveUniqueItems().And.HaveCount(data.Train.Count);
        foreach (TrainingBatch batch in batches)
        {
            batch.NegativeCount.Should().Be(3);
            for (int n = 0; n < batch.NegativeIndices.Length; n++)
                data.Train.Contains(batch.UserIndices[n / 3], batch.NegativeIndices[n]).Should().BeFalse();
        }
    }

    [Fact]
    public void A_heavy_user_has_only_so_many_interactions_in_an_epoch_and_others_in_the_next()
    {
        // User 0 has 40 items, users 1 to 3 have two each.
        var train = new InteractionSet(4, 50,
            [.. Enumerable.Range(0, 40).Select(i => (0, i)), .. Enumerable.Range(1, 3).SelectMany(u => new[] { (u, u), (u, u + 20) })]);
        var sampler = new BatchSampler(train, Bpr, new NegativeSampling(), 8, seed: 1) { MaxPerUser = 5 };
        (int User, int Item)[] Pairs(int epoch)
            => [.. sampler.Epoch(epoch).SelectMany(b => b.UserIndices.ToArray().Zip(b.PositiveIndices.ToArray()))];
        var first = Pairs(1);
        sampler.Count.Should().Be(11);
        sampler.BatchCount.Should().Be(2);
        first.Should().HaveCount(11).And.OnlyHaveUniqueItems().And.OnlyContain(p => train.Contains(p.User, p.Item));
        first.Where(p => p.User > 0).Should().HaveCount(6, "users with fewer keep all");
        first.Should().Equal(Pairs(1));
        Enumerable.Range(1, 60).SelectMany(e => Pairs(e).Where(p => p.User == 0)).Distinct()
            .Should().HaveCount(40, "each epoch draws anew");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_making_a_batch_throws_comes_out_as_it_is_and_of_one_that_nobody_asks_for_nothing_does(int threads)
    {
        using Parallelism.Scope scope = Parallelism.Use(threads);
        var sampler = new BatchSampler(Samples.Checkerboard(20, 30).Train, Bpr, batchSize: 8);
        int made = 0;
        IEnumerable<TrainingBatch> Epoch(int spoiled) => sampler.Epoch(1, _ =>
        {
            if (++made > spoiled)
                throw new InvalidDataException("spoiled");
        });
        if (threads > 1)
        {
            foreach (int spoiled in new[] { 0, 2 })
            {
                made = 0;
                Record.Exception(() => Epoch(spoiled).Count()).Should().BeOfType<InvalidDataException>();
            }
        }

        made = 0;
        Epoch(1).First().Count.Should().Be(8);
    }

    [Theory]
    [InlineData(200.0)]
    [InlineData(1e6)]
    public void Popularities_beyond_all_numbers_are_refused(double exponent)
    {
        var train = new InteractionSet(100, 2, [.. Enumerable.Range(0, 100).Select(u => (u, 0)), (0, 1)]);
        FluentActions.Invoking(() => new BatchSampler(
                train, Bpr, new NegativeSampling { Distribution = NegativeDistribution.Popularity, PopularityExponent = exponent }))
            .Should().Throw<ArgumentException>().WithMessage("*PopularityExponent*");
    }

    [Fact]
    public void So_are_those_below_all_numbers()
    {
        var train = new InteractionSet(2, 3, [(0, 0), (1, 1)], [1e-20f, 1e-20f]); // Nobody has the third.
        var sampling = new NegativeSampling { Distribution = NegativeDistribution.Popularity, PopularityExponent = 20 };
        const string Message = "*PopularityExponent 20 makes the popularities, up to 1.4*E-20, smaller than numbers can be*";
        FluentActions.Invoking(() => new BatchSampler(train, Bpr, sampling)).Should().Throw<ArgumentException>().WithMessage(Message);
        FluentActions.Invoking(() => BatchSampler.ThrowIfUnfit(train, Bpr, sampling, "options"))
            .Should().Throw<ArgumentException>().WithMessage(Message).WithParameterName("options");
        _ = new BatchSampler(train, Bpr, sampling with { Candidates = NegativeCandidates.AllItems });
    }

    [Fact]
    public void More_negatives_of_a_batch_than_an_array_holds_are_refused()
        => FluentActions.Invoking(() => new BatchSampler(
                new InteractionSet(2, 3, [(0, 0), (1, 1)]), new RankingLoss.Bpr { Negatives = int.MaxValue }))
            .Should().Throw<ArgumentException>().WithMessage("Expected at most 2147483591 negatives in a batch; 2147483647 for each of 2*");

    [Fact]
    public void Draws_depend_on_seed_and_epoch_alone()
    {
        RecDataset data = Samples.Checkerboard(20, 30);
        int[] Draws(int seed, int epoch) => [.. new BatchSampler(data.Train, Bpr, new NegativeSampling(), 64, seed).Epoch(epoch)
            .SelectMany(b => b.PositiveIndices.ToArray().Concat(b.NegativeIndices.ToArray()))];
        Draws(1, 2).Should().Equal(Draws(1, 2));
        Draws(1, 2).Should().NotEqual(Draws(1, 3));
        Draws(1, 2).Should().NotEqual(Draws(2, 2));
    }

    [Theory]
    [InlineData(NegativeCandidates.TrainingItems, false)]
    [InlineData(NegativeCandidates.AllItems, true)]
    public void Cold_items_are_negatives_only_when_all_items_are_candidates(NegativeCandidates candidates, bool expected)
    {
        var train = new InteractionSet(10, 20, [.. Enumerable.Range(0, 10).Select(u => (u, u))]);
        var sampler = new BatchSampler(train, Bpr, new NegativeSampling { Candidates = candidates }, 10, 1);
        Enumerable.Range(1, 20).SelectMany(e => sampler.Epoch(e)).SelectMany(b => b.NegativeIndices.ToArray()).Any(i => i >= 10)
            .Should().Be(expected);
    }

    [Fact]
    public void Popular_items_are_drawn_in_proportion_to_a_power_of_their_degree()
    {
        // Item 0 has 16 users, items 1 to 4 one each; 16^0.5 = 4, so half of all draws are item 0.
        var train = new InteractionSet(
            20, 5, [.. Enumerable.Range(0, 16).Select(u => (u, 0)), .. Enumerable.Range(1, 4).Select(i => (15 + i, i))]);
        var sampler = new BatchSampler(train, new RankingLoss.SampledSoftmax { Negatives = 20_000 },
            new NegativeSampling { Distribution = NegativeDistribution.Popularity, PopularityExponent = 0.5 }, 100, 1);
        int[] draws = sampler.Epoch(1).Single().NegativeIndices.ToArray();
        (draws.Count(i => i == 0) / 20_000.0).Should().BeApproximately(0.5, 0.02);
        (draws.Count(i => i == 3) / 20_000.0).Should().BeApproximately(0.125, 0.02);
    }

    [Fact]
    public void A_user_who_has_nearly_everything_gets_the_rest_and_one_who_has_everything_no_gradient()
    {
        List<(int, int)> pairs = [.. Enumerable.Range(0, 500).Select(i => (0, i)), .. Enumerable.Range(0, 499).Select(i => (1, i))];
        var sampler = new BatchSampler(new InteractionSet(2, 500, pairs), new RankingLoss.Bpr(), new NegativeSampling(), 5000, 1);
        TrainingBatch batch = sampler.Epoch(1).Single();
        for (int b = 0; b < batch.Count; b++)
            batch.NegativeIndices[b].Should().Be(batch.UserIndices[b] == 0 ? batch.PositiveIndices[b] : 499);
    }

    [Fact]
    public void Batches_drawn_ahead_on_another_thread_are_the_same()
    {
        RecDataset data = SyntheticDataset.Create(
            new SyntheticOptions { Users = 50, Items = 40, Clusters = 4, MeanInteractions = 12, Modalities = [] }).Data;
        int[][] Draw(int threads, RankingLoss loss)
        {
            using DRepMRec.Parallelism.Scope scope = Parallelism.Use(threads);
            return [.. new BatchSampler(data.Train, loss, null, 32).Epoch(3)
                .SelectMany(
                    b => new[] { b.UserIndices.ToArray(), b.PositiveIndices.ToArray(), b.NegativeIndices.ToArray(), [(int)b.Seed] })];
        }

        foreach (RankingLoss loss in new RankingLoss[] { new RankingLoss.Bpr(), new RankingLoss.SampledSoftmax { Negatives = 5 } })
            Draw(2, loss).Should().BeEquivalentTo(Draw(1, loss), o => o.WithStrictOrdering());
        new BatchSampler(data.Train, new RankingLoss.Bpr(), null, 32).Epoch(1).First().Count.Should().Be(32, "an epoch may be left early");
    }

    [Fact]
    public void Each_interaction_of_a_batch_has_its_own_confidence()
    {
        var train = new InteractionSet(3, 4, [(0, 0), (0, 3), (1, 1), (2, 2), (2, 0)], [1, 2, 4, 8, 16]);
        TrainingBatch[] batches = [.. new BatchSampler(train, new RankingLoss.Bpr(), batchSize: 2, seed: 1).Epoch(1)];
        batches.Should().HaveCount(3);
        foreach (TrainingBatch batch in batches)
        {
            for (int b = 0; b < batch.Count; b++)
            {
                int at = train.ItemsOf(batch.UserIndices[b]).IndexOf(batch.PositiveIndices[b]);
                batch.Confidences[b].Should().Be(train.ConfidencesOf(batch.UserIndices[b])[at]);
            }
        }

        new BatchSampler(Samples.Checkerboard(20, 30).Train, Bpr).Epoch(1).First().Confidences.Should().BeEmpty("none has a weight");
    }

    [Fact]
    public void Popularity_counts_interactions_by_their_confidences()
    {
        // log2(1 + 7) = 3 for item 0, 1 for item 1: three quarters of the draws. Item 2 has no user and counts as one.
        var train = new InteractionSet(2, 3, [(0, 0), (1, 1)], [7, 1]);
        NegativeSampling sampling = new() { Distribution = NegativeDistribution.Popularity, PopularityExponent = 1 };
        double[] Shares(NegativeSampling by)
        {
            int[] draws = new BatchSampler(train, new RankingLoss.SampledSoftmax { Negatives = 20_000 }, by, 100, 1).Epoch(1).Single()
                .NegativeIndices.ToArray();
            return [.. Enumerable.Range(0, 3).Select(item => draws.Count(i => i == item) / 20_000.0)];
        }

        Shares(sampling).Should().Equal([0.75, 0.25, 0], (x, y) => Math.Abs(x - y) < 0.02);
        Shares(sampling with { Candidates = NegativeCandidates.AllItems }).Should()
            .Equal([0.6, 0.2, 0.2], (x, y) => Math.Abs(x - y) < 0.02);
    }

    [Fact]
    public void Seen_items_are_those_of_the_set_for_users_of_few_and_of_many_items()
    {
        var set = new InteractionSet(3, 130, [(0, 5), .. Enumerable.Range(0, 65).Select(n => (2, 2 * n))]);
        var seen = new SeenItems(set);
        for (int user = 0; user < 3; user++)
        {
            for (int item = 0; item < 130; item++)
                seen.Contains(user, item).Should().Be(set.Contains(user, item));
        }
    }

    [Fact]
    public void Bits_are_kept_for_users_of_more_than_32_items_each_in_words_of_their_own()
    {
        int[] counts = [32, 33, 70, 0, 50];
        var set = new InteractionSet(
            counts.Length, 130, [.. counts.SelectMany((count, user) => Enumerable.Range(0, count).Select(n => (user, (n + user) % 130)))]);
        var seen = new SeenItems(set);
        seen.WordCount.Should().Be(3 * 3, "130 items are three words, and three users have more than 32");
        for (int user = 0; user < counts.Length; user++)
            Enumerable.Range(0, 130).Where(item => seen.Contains(user, item)).Should().Equal(set.ItemsOf(user).ToArray());
    }

    [Theory]
    [InlineData(1, 32)]
    [InlineData(1024, 32)]
    [InlineData(1025, 64)]
    [InlineData(2048, 64)]
    [InlineData(65_505, 2048)]
    [InlineData(int.MaxValue, 2048)]
    public void A_batch_is_the_smallest_power_of_two_of_which_32_make_an_epoch(int interactions, int expected)
        => BatchSampler.SizeFor(interactions).Should().Be(expected);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(int.MaxValue)]
    public void There_are_as_many_batches_as_are_said(int batchSize)
    {
        var train = new InteractionSet(20, 5, [.. Enumerable.Range(0, 20).Select(u => (u, u % 5))]);
        var sampler = new BatchSampler(train, Bpr, batchSize: batchSize) { MaxPerUser = 0 };
        sampler.Count.Should().Be(20);
        sampler.Epoch(1).Count().Should().Be(sampler.BatchCount);
        sampler.Epoch(1).Sum(b => b.Count).Should().Be(20);
    }

    [Fact]
    public void Each_epoch_has_an_order_of_its_own()
    {
        var train = new InteractionSet(200, 200, [.. Enumerable.Range(0, 200).Select(u => (u, u))]);
        var sampler = new BatchSampler(train, Bpr, batchSize: 200);
        int[] Users(int epoch) => sampler.Epoch(epoch).Single().UserIndices.ToArray();
        Users(1).Should().NotEqual(Users(2)).And.NotEqual(Enumerable.Range(0, 200)).And.BeEquivalentTo(Users(2));
    }

    [Fact]
    public void A_loss_without_negatives_is_refused()
        => FluentActions.Invoking(() => new BatchSampler(Samples.Checkerboard(4, 4).Train, new HingeLoss { Negatives = 0 }))
            .Should().Throw<ArgumentException>().WithMessage("*at least one negative; HingeLoss has 0*");

    [Fact]
    public void Negatives_of_an_interaction_follow_popularity_too()
    {
        // User 0 has item 5. Of the others item 0 has 16 users, items 1 to 4 one each: four fifths of what is drawn for user 0.
        var train = new InteractionSet(21, 6,
            [(0, 5), .. Enumerable.Range(1, 16).Select(u => (u, 0)), .. Enumerable.Range(1, 4).Select(i => (16 + i, i))]);
        var sampler = new BatchSampler(train, new RankingLoss.Bpr { Negatives = 5000 },
            new NegativeSampling { Distribution = NegativeDistribution.Popularity, PopularityExponent = 1 }, 21, 1);
        TrainingBatch batch = sampler.Epoch(1).Single();
        int[] draws = batch.NegativeIndices.Slice(batch.UserIndices.IndexOf(0) * 5000, 5000).ToArray();
        (draws.Count(i => i == 0) / 5000.0).Should().BeApproximately(0.8, 0.03);
        draws.Should().NotContain(5);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    public void Batches_are_prepared_where_another_thread_makes_them_ahead(int threads, int expected)
    {
        using DRepMRec.Parallelism.Scope scope = Parallelism.Use(threads);
        int prepared = 0;
        new BatchSampler(new InteractionSet(6, 2, [.. Enumerable.Range(0, 6).Select(u => (u, u % 2))]), Bpr, batchSize: 2)
            .Epoch(1, _ => prepared++).Count().Should().Be(3);
        prepared.Should().Be(expected);
    }

    [Fact]
    public void Large_graphs_get_larger_batches_and_learning_rates()
    {
        var usual = new TrainerOptions();
        LargeGraphRecipe.Options(60_000, usual).Should().Be(usual);
        LargeGraphRecipe.Options(60_000, usual with { BatchSize = 512 }).BatchSize.Should().Be(512);
        TrainerOptions large = LargeGraphRecipe.Options(1_700_000, new TrainerOptions { Patience = 7 });
        (large.BatchSize, large.Patience).Should().Be((65_536, 7));
        large.Adam.LearningRate.Should().BeApproximately(1e-3 * Math.Sqrt(32), 1e-9);
        LargeGraphRecipe.Options(118_551).BatchSize.Should().Be(4096);
    }

    [Fact]
    public void Distinct_users_and_items_occur_once()
    {
        BatchRows batch = new TrainingBatch([3, 1, 3], [7, 7, 5], [1, 2, 3]) { Seed = 4 }.Whole;
        batch.DistinctUsers.ToArray().Should().Equal(1, 3);
        batch.DistinctItems.ToArray().Should().Equal(5, 7);
        batch.SampleDistinctItems(1).Should().ContainSingle().Which.Should().BeOneOf(5, 7);
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        FluentActions.Invoking(() => new TrainingBatch([1, 2], [1], [1, 2])).Should().Throw<ArgumentException>()
            .WithMessage("*got 2 users and 1 positives*");
        FluentActions.Invoking(() => new TrainingBatch([1, 2], [1, 2], [1, 2, 3])).Should().Throw<ArgumentException>()
            .WithMessage("Expected a multiple of 2 negatives, got 3.*");
        FluentActions.Invoking(() => new BatchSampler(new InteractionSet(2, 2, []), Bpr, new NegativeSampling(), 5, 1))
            .Should().Throw<ArgumentException>().WithMessage("Expected at least one training interaction*");
    }
}
