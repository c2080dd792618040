using System.Text.Json;
using System.Text.Json.Nodes;
using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly RankingMetric[] Metrics =
    [
        .. new[] { 1, 5, 20, 1000 }.SelectMany(k
            => new[] { RankingMetric.Recall(k), RankingMetric.Ndcg(k), RankingMetric.Precision(k), RankingMetric.Map(k),
            RankingMetric.Mrr(k), RankingMetric.HitRate(k) }),
    ];

    // 4 items; u0 has trained on i0, u1 on i1. Scores: u0 4 3 2 1, u1 9 3 2 1.
    private static readonly RecDataset Tiny =
        Samples.Dataset("tiny", 3, 4, [(0, 0), (1, 1), (2, 1)], [(0, 1)], [(0, 2), (1, 2), (1, 3)], []);
    private static readonly TableScorer TinyScorer = new(3, 4, (u, i) => u != 0 && i == 0 ? 9 : 4 - i);

    [Fact]
    public void Ranks_and_figures_worked_out_by_hand()
    {
        EvaluationResult result = new Evaluator().Evaluate(TinyScorer, Tiny, EvaluationTarget.Test);

        // u0 ranks i1, i2, i3: its positive i2 is second. u1 ranks i0, i2, i3, with its positives i2 and i3 second and third.
        result.EvaluatedUsers.Should().Equal(0, 1);
        result.PerUser(RankingMetric.Mrr(20)).Should().Equal(0.5, 0.5);
        result[RankingMetric.Recall(10)].Should().Be(1);
        result[RankingMetric.Precision(20)].Should().BeApproximately((0.05 + 0.1) / 2, 1e-12);
        result[RankingMetric.Map(20)].Should().BeApproximately((0.5 + ((0.5 + (2.0 / 3)) / 2)) / 2, 1e-12);
        result.ItemCoverage.Should().Be(1);
        result.All.Positives.Should().Be(3);
    }

    [Fact]
    public void Validation_items_are_masked_at_test_only_on_request()
    {
        var evaluator = new Evaluator(new EvaluationOptions { Mask = CandidateMask.TrainAndValidation, Metrics = [RankingMetric.Mrr(5)] });
        evaluator.Evaluate(TinyScorer, Tiny, EvaluationTarget.Test).PerUser(RankingMetric.Mrr(5)).Should().Equal(1, 0.5);
        evaluator.Evaluate(TinyScorer, Tiny, EvaluationTarget.Validation).PerUser(RankingMetric.Mrr(5)).Should().Equal(1);
    }

    [Fact]
    public void Users_without_training_can_be_left_out()
    {
        RecDataset data = Samples.Dataset("cold user", 2, 3, [(0, 0)], [], [(0, 1), (1, 2)], []);
        var scorer = new TableScorer(2, 3, (_, i) => i);
        new Evaluator().Evaluate(scorer, data, EvaluationTarget.Test).EvaluatedUsers.Should().Equal(0, 1);
        new Evaluator(new EvaluationOptions { Users = UserFilter.WithTraining }).Evaluate(scorer, data,
            EvaluationTarget.Test).EvaluatedUsers.Should().Equal(0);
        RecDataset strangers = Samples.Dataset("strangers", 2, 3, [(0, 0)], [], [(1, 2)], []);
        FluentActions.Invoking(() => new Evaluator(new EvaluationOptions { Users = UserFilter.WithTraining })
            .Evaluate(scorer, strangers, EvaluationTarget.Test)).Should().Throw<ArgumentException>()
            .WithMessage("Expected at least one user with a positive in the test set and a training interaction, got none.*");
    }

    [Fact]
    public void Ranking_block_by_block_gives_the_figures_of_ranking_all_scores_at_once()
    {
        RecDataset data = SyntheticDataset.Create(
            new SyntheticOptions { Users = 70, Items = 6000, Clusters = 20, ColdInteractionShare = 0.4, Modalities = [] }).Data;
        var scorer = new EmbeddingScorer(Samples.Floats(70 * 8, 1), Samples.Floats(6000 * 8, 2), 8);
        var options = new EvaluationOptions { Metrics = Metrics, Mask = CandidateMask.TrainAndValidation };
        EvaluationResult blocks = new Evaluator(options).Evaluate(scorer, data, EvaluationTarget.Test),
            whole = new Evaluator(options).Evaluate(new Whole(scorer), data, EvaluationTarget.Test);
        foreach (RankingMetric metric in Metrics)
        {
            blocks.PerUser(metric).Should().Equal(whole.PerUser(metric));
            blocks.ColdItems![metric].Should().Be(whole.ColdItems![metric]);
            blocks.ColdItemsAmongCold![metric].Should().Be(whole.ColdItemsAmongCold![metric]);
        }

        blocks.ItemCoverage.Should().Be(whole.ItemCoverage);
    }

    [Theory]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(49)]
    [InlineData(95)]
    [InlineData(96)]
    [InlineData(97)]
    public void Blocks_of_users_may_be_full_or_not(int users)
    {
        RecDataset data = Samples.Checkerboard(users, 40, features: false);
        var scorer = new EmbeddingScorer(Samples.Floats(users * 4, 1), Samples.Floats(40 * 4, 2), 4);
        IReadOnlyList<double> Mrr(IItemScorer own)
            => new Evaluator(new() { Metrics = [RankingMetric.Mrr(40)] }).Evaluate(own, data, EvaluationTarget.Test)
                .PerUser(RankingMetric.Mrr(40));
        Mrr(scorer).Should().HaveCount(users).And.OnlyContain(v => v > 0).And.Equal(Mrr(new Whole(scorer)));
    }

    [Fact]
    public void Processes_that_rank_some_users_each_have_the_figures_of_all()
    {
        RecDataset data = RandomData(4);
        TableScorer scorer = RandomScorer(data, 5);
        var evaluator = new Evaluator(new EvaluationOptions
        {
            Metrics = Metrics,
            ListMetrics = [ListMetric.Gini(5), ListMetric.Novelty(50)],
            Threads = 1,
        });
        string Figures(ICollective? collective)
        {
            JsonNode json = JsonNode.Parse(
                evaluator.Evaluate(scorer, data, EvaluationTarget.Test, collective, default, seed: null).ToJson())!;
            json["seconds"] = 0;
            return json.ToJsonString();
        }

        InProcessCollective.Run(3, Figures).Should().Equal(Enumerable.Repeat(Figures(null), 3));
    }

    /// <summary>Hides that a scorer can score a range of items at a time.</summary>
    private sealed class Whole(IItemScorer scorer) : IItemScorer
    {
        public int UserCount => scorer.UserCount;

        public int ItemCount => scorer.ItemCount;

        public void Score(ReadOnlySpan<int> users, Span<float> scores) => scorer.Score(users, scores);
    }

    [Fact]
    public void Cold_items_are_reported_apart()
    {
        // i2 and i3 have no training interaction; i3 is u1's positive, second of the cold items and third of all that aren't masked.
        RecDataset data = Samples.Dataset("cold item", 2, 4, [(0, 0), (1, 1)], [], [(0, 1), (1, 0), (1, 3)], []);
        var scorer = new TableScorer(2, 4, (_, i) => 4 - i);
        EvaluationResult result = new Evaluator(
            new EvaluationOptions { Metrics = [RankingMetric.Mrr(3), RankingMetric.Recall(2)] }).Evaluate(scorer, data,
            EvaluationTarget.Test);
        result.ColdItems!.Should().Match<GroupResult>(g => g.Users == 1 && g.Positives == 1);
        result.ColdItems![RankingMetric.Mrr(3)].Should().BeApproximately(1.0 / 3, 1e-12);
        result.ColdItems[RankingMetric.Recall(2)].Should().Be(0);
        result.ColdItemsAmongCold![RankingMetric.Mrr(3)].Should().Be(0.5);
        result.ColdItemsAmongCold[RankingMetric.Recall(2)].Should().Be(1);
        result.ToString().Should().ContainAll("all (2 users, 3 positives): ", "cold items (1 users, 1 positives): MRR@3 0.3333",
            "cold items among cold items (1 users, 1 positives): MRR@3 0.5000");
    }

    [Fact]
    public void A_scorer_is_asked_for_no_more_users_at_once_than_their_scores_take_of_the_cache()
    {
        RecDataset data = Samples.Checkerboard(300, 8);
        int most = 0;
        var scorer = new TableScorer(300, 8, (_, i) => i);
        new Evaluator(new EvaluationOptions { Threads = 1 }).Evaluate(
            new Watched(scorer, users => most = Math.Max(most, users)), data, EvaluationTarget.Test);
        most.Should().Be(96);
    }

    private sealed class Watched(IItemScorer scorer, Action<int> asked) : IItemScorer
    {
        public int UserCount => scorer.UserCount;

        public int ItemCount => scorer.ItemCount;

        public void Score(ReadOnlySpan<int> users, Span<float> scores)
        {
            asked(users.Length);
            scorer.Score(users, scores);
        }
    }

    [Fact]
    public void Without_cold_positives_there_are_no_figures_for_them()
    {
        EvaluationResult result =
            new Evaluator().Evaluate(new TableScorer(40, 8, (_, i) => i), Samples.Checkerboard(40, 8), EvaluationTarget.Test);
        result.ColdItems.Should().BeNull();
        result.ColdItemsAmongCold.Should().BeNull();
    }

    [Theory]
    [InlineData(EvaluationTarget.Validation, CandidateMask.Train, 1)]
    [InlineData(EvaluationTarget.Test, CandidateMask.Train, 2)]
    [InlineData(EvaluationTarget.Test, CandidateMask.TrainAndValidation, 3)]
    public void Random_data_agree_with_a_slow_reference(EvaluationTarget target, CandidateMask mask, int seed)
    {
        RecDataset data = RandomData((ulong)seed);
        var scorer = RandomScorer(data, (ulong)seed + 10);
        EvaluationResult result =
            new Evaluator(new EvaluationOptions { Metrics = Metrics, Mask = mask, Threads = 2 }).Evaluate(scorer, data, target);

        InteractionSet positives = target == EvaluationTarget.Test ? data.Test : data.Validation;
        bool[] cold = [.. data.Train.ItemDegrees().Select(d => d == 0)];
        int[] users = [.. Enumerable.Range(0, data.Users.Count).Where(u => positives.ItemsOf(u).Length > 0)];
        result.EvaluatedUsers.Should().Equal(users);
        bool Candidate(int u, int i) => !data.Train.Contains(u, i)
            && !(target == EvaluationTarget.Test && mask == CandidateMask.TrainAndValidation && data.Validation.Contains(u, i));
        int[][] rankings = [.. users.Select(u => SlowReference.Rank(data, u, scorer.Of, i => Candidate(u, i)))];
        int[] withCold = [.. users.Where(u => positives.ItemsOf(u).ToArray().Any(i => cold[i]))];
        foreach (RankingMetric metric in Metrics)
        {
            double[] expected = [.. users.Select((u, n)
                => SlowReference.Compute(metric, rankings[n], positives.ItemsOf(u).ToArray().ToHashSet()))];
            result.PerUser(metric).Should().Equal(expected, (a, b) => Math.Abs(a - b) < 1e-12);
            result[metric].Should().BeApproximately(expected.Average(), 1e-12);
            HashSet<int> ColdPositives(int u) => [.. positives.ItemsOf(u).ToArray().Where(i => cold[i])];
            result.ColdItems![metric].Should()
                .BeApproximately(withCold.Average(u
                => SlowReference.Compute(metric, SlowReference.Rank(data, u, scorer.Of, i => Candidate(u, i)), ColdPositives(u))), 1e-12);
            result.ColdItemsAmongCold![metric].Should().BeApproximately(
                withCold.Average(u => SlowReference.Compute(metric,
                    SlowReference.Rank(data, u, scorer.Of, i => Candidate(u, i) && cold[i]), ColdPositives(u))), 1e-12);
        }

        EvaluationResult five =
            new Evaluator(new EvaluationOptions { Metrics = [RankingMetric.Recall(5)], Mask = mask }).Evaluate(scorer, data, target);
        five.ItemCoverage.Should().Be(rankings.SelectMany(r => r.Take(5)).Distinct().Count() / (double)data.Items.Count);
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        RecDataset data = RandomData(7);
        var scorer = RandomScorer(data, 8);
        EvaluationResult Run(int threads)
            => new Evaluator(new EvaluationOptions { Metrics = Metrics, Threads = threads }).Evaluate(scorer, data, EvaluationTarget.Test);
        EvaluationResult one = Run(1), four = Run(4);
        four.Metrics.Should().Equal(one.Metrics);
        four.ItemCoverage.Should().Be(one.ItemCoverage);
    }

    [Fact]
    public void NaN_is_an_error_that_names_user_and_item()
    {
        var scorer = new TableScorer(3, 4, (u, i) => (u, i) == (1, 2) ? float.NaN : i);
        FluentActions.Invoking(() => new Evaluator().Evaluate(scorer, Tiny, EvaluationTarget.Test)).Should()
            .Throw<NotFiniteNumberException>()
            .WithMessage("User 'u1' (index 1): The score of item 2 is NaN.");
    }

    [Fact]
    public void What_a_scorer_throws_is_what_the_caller_gets()
    {
        var scorer = new TableScorer(3, 4, (_, _) => throw new InvalidOperationException("mine"));
        FluentActions.Invoking(() => new Evaluator().Evaluate(scorer, Tiny, EvaluationTarget.Test)).Should()
            .ThrowExactly<InvalidOperationException>().WithMessage("mine");
    }

    [Fact]
    public void What_cannot_be_evaluated_is_refused()
    {
        FluentActions.Invoking(() => new Evaluator().Evaluate(new TableScorer(3, 5, (_, _) => 0), Tiny, EvaluationTarget.Test)).Should()
            .Throw<ArgumentException>()
            .WithMessage("The scorer has 3 users and 5 items; the dataset has 3 and 4.*");
        RecDataset noTest = Samples.Dataset("no test", 1, 2, [(0, 0)], [(0, 1)], [], []);
        FluentActions.Invoking(() => new Evaluator().Evaluate(new TableScorer(1, 2, (_, _) => 0), noTest, EvaluationTarget.Test)).Should()
            .Throw<ArgumentException>()
            .WithMessage("Expected at least one user with a positive in the test set, got none.*");
        FluentActions.Invoking(() => new EvaluationOptions { Metrics = [] }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new EvaluationOptions { ListMetrics = [null!] }).Should()
            .Throw<ArgumentException>().WithMessage("A list metric is null. (Parameter 'ListMetrics')");
        EvaluationResult averages = new Evaluator().Evaluate(TinyScorer, Tiny, EvaluationTarget.Test).WithoutUsers();
        FluentActions.Invoking(() => averages.PerUser(RankingMetric.Recall(20))).Should().Throw<InvalidOperationException>()
            .WithMessage("The values per user weren't kept: of a training's epochs the best one has them.");
        FluentActions.Invoking(() => new EvaluationOptions { Metrics = [RankingMetric.Recall(5), default] }).Should()
            .Throw<ArgumentException>().WithMessage("Metrics must have a cut-off of at least 1 each; got Recall@5, Recall@0.*");
        FluentActions.Invoking(() => new TrainerOptions { StoppingMetric = default }).Should()
            .Throw<ArgumentException>().WithMessage("StoppingMetric must have a cut-off of at least 1 each; got Recall@0.*");
        FluentActions.Invoking(() => new Evaluator().Evaluate(TinyScorer, Tiny, (EvaluationTarget)7)).Should()
            .Throw<ArgumentOutOfRangeException>().WithMessage("target must be one of Validation, Test.*");
        FluentActions.Invoking(() => new Evaluator().Evaluate(TinyScorer, Tiny, EvaluationTarget.Test)[RankingMetric.Recall(7)]).Should()
            .Throw<KeyNotFoundException>().WithMessage("Recall@7 wasn't evaluated; there are Recall@10, *");
        FluentActions.Invoking(()
            => new Evaluator().Evaluate(TinyScorer, Tiny, EvaluationTarget.Test, new CancellationToken(canceled: true))).Should()
            .Throw<OperationCanceledException>();
    }

    [Fact]
    public void The_protocol_is_part_of_text_and_json()
    {
        EvaluationResult result = new Evaluator().Evaluate(TinyScorer, Tiny, EvaluationTarget.Test, seed: 5);
        result.ToString().Should().StartWith(
            $"tiny (split {Tiny.SplitChecksum[..12]}), Test: full ranking of 4 items, training items masked, users with positives; 3 "
            + $"users, 3/1/3 interactions; seed 5")
            .And.Contain("all (2 users, 3 positives): Recall@10 1.0000").And.Contain("cold items (2 users, 3 positives)").And.EndWith(
                "item coverage 1.0000");
        new Evaluator(new EvaluationOptions { Mask = CandidateMask.TrainAndValidation, Users = UserFilter.WithTraining })
            .Evaluate(TinyScorer, Tiny, EvaluationTarget.Test).ToString().Should()
            .Contain("training and validation items masked, users with positives and training; ");
        using JsonDocument json = JsonDocument.Parse(result.ToJson());
        JsonElement protocol = json.RootElement.GetProperty("protocol");
        (protocol.GetProperty("splitChecksum").GetString(), protocol.GetProperty("mask").GetString(),
            protocol.GetProperty("seed").GetInt32(), protocol.GetProperty("test").GetInt32())
            .Should().Be((Tiny.SplitChecksum, "Train", 5, 3));
        json.RootElement.GetProperty("all").GetProperty("metrics").GetProperty("Recall@20").GetDouble().Should().Be(1);
    }

    private static RecDataset RandomData(ulong seed)
    {
        var random = new SeededRandom(seed);
        const int users = 300, items = 45;
        List<(int, int)>[] sets = [[], [], []];
        for (int u = 0; u < users; u++)
        {
            for (int i = 0; i < items; i++)
            {
                // The last items are cold; not every user has interactions in every set.
                if (random.NextInt(4) == 0)
                    sets[i >= 38 ? 1 + random.NextInt(2) : random.NextInt(3)].Add((u, i));
            }
        }

        return Samples.Dataset("random", users, items, sets[0], sets[1], sets[2], []);
    }

    /// <summary>
    /// Few distinct values, so that there are ties everywhere; items with a score of minus infinity are never to be recommended.
    /// </summary>
    private static TableScorer RandomScorer(RecDataset data, ulong seed)
    {
        var random = new SeededRandom(seed);
        float[] table = [.. Enumerable.Range(0, data.Users.Count * data.Items.Count)
            .Select(_ => random.NextInt(30) == 0 ? float.NegativeInfinity : random.NextInt(9))];
        return new TableScorer(data.Users.Count, data.Items.Count, (u, i) => table[(u * data.Items.Count) + i]);
    }

    internal sealed class TableScorer(int users, int items, Func<int, int, float> score) : IItemScorer
    {
        public int UserCount => users;

        public int ItemCount => items;

        public float Of(int user, int item) => score(user, item);

        public void Score(ReadOnlySpan<int> some, Span<float> scores)
        {
            for (int n = 0; n < some.Length; n++)
            {
                for (int i = 0; i < items; i++)
                    scores[(n * items) + i] = score(some[n], i);
            }
        }
    }
}
