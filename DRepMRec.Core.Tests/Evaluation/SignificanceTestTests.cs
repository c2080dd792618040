using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Evaluation;

public sealed class SignificanceTestTests
{
    [Fact]
    public void Paired_t_by_hand()
    {
        // Differences 1, 2, 3: mean 2, standard deviation 1, standard error 1/√3, t = 2√3 = 3.4641. With 2 degrees of freedom p = 1 - t /
        // √(t² + 2) = 1 - √(12/14).
        PairedComparison result = SignificanceTest.PairedT([2, 4, 6], [1, 2, 3]);
        (result.Users, result.MeanDifference).Should().Be((3, 2));
        result.StandardError.Should().BeApproximately(1 / Math.Sqrt(3), 1e-12);
        result.T.Should().BeApproximately(2 * Math.Sqrt(3), 1e-12);
        result.PValue.Should().BeApproximately(1 - Math.Sqrt(12.0 / 14), 1e-9);
        SignificanceTest.PairedT([1, 2, 3], [2, 4, 6]).PValue.Should().Be(result.PValue, "the test is two-sided");
    }

    [Fact]
    public void Without_any_variation_the_answer_is_certain()
    {
        SignificanceTest.PairedT([1, 2], [1, 2]).PValue.Should().Be(1);
        SignificanceTest.PairedT([2, 3], [1, 2]).PValue.Should().Be(0);
        SignificanceTest.PairedT([1, 2], [1, 2]).T.Should().Be(0);
        SignificanceTest.PairedT([2, 3], [1, 2]).T.Should().Be(double.PositiveInfinity);
        SignificanceTest.PairedT([1, 2], [2, 3]).T.Should().Be(double.NegativeInfinity);
    }

    [Fact]
    public void The_same_figures_are_the_same_however_often_they_are_given()
    {
        RecDataset data = SyntheticDataset.Create(new SyntheticOptions { Users = 200, Items = 60, Clusters = 6 }).Data;
        EvaluationResult once = new Evaluator().Evaluate(
            new UnknownUserScorer(new ItemKnnRecommender(data.Train), data.Train), data, EvaluationTarget.Test);
        once.PerUser(RankingMetric.Ndcg(20)).Distinct().Count().Should().BeGreaterThan(3);
        SignificanceTest.PairedT([once, once, once], [once], RankingMetric.Ndcg(20)).Should()
            .Match<PairedComparison>(c => c.PValue == 1 && c.MeanDifference == 0);
    }

    [Fact]
    public void Under_no_difference_small_p_values_are_as_rare_as_they_say()
    {
        var random = new SeededRandom(3);
        double[] Draw() => [.. Enumerable.Range(0, 30).Select(_ => random.NextDouble())];
        int small = Enumerable.Range(0, 2000).Count(_ => SignificanceTest.PairedT(Draw(), Draw()).PValue < 0.05);
        small.Should().BeInRange(65, 135);
    }

    [Fact]
    public void Paired_t_of_students_own_data()
    {
        // Student, Biometrika 6 (1908): hours of sleep gained by ten patients under two drugs; the mean difference is 1.58, t = 4.0621,
        // and R's t.test(paired = TRUE) has p = 0.002833.
        double[] first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        double[] second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        PairedComparison result = SignificanceTest.PairedT(second, first);
        result.MeanDifference.Should().BeApproximately(1.58, 1e-12);
        result.T.Should().BeApproximately(4.0621, 5e-5);
        result.PValue.Should().BeApproximately(0.002833, 5e-7);
    }

    [Fact]
    public void Corrected_resampled_t_by_hand()
    {
        // Differences 1, 2, 3: variance 1. With a test set half as large as the training set the variance of the mean is 1/3 + 1/2 = 5/6,
        // so t = 2 / √(5/6) = √4.8. With 2 degrees of freedom p = 1 - t / √(t² + 2) = 1 - √(4.8/6.8).
        PairedComparison result = SignificanceTest.CorrectedResampledT([2, 4, 6], [1, 2, 3], 0.5);
        (result.Users, result.MeanDifference).Should().Be((3, 2));
        result.StandardError.Should().BeApproximately(Math.Sqrt(5.0 / 6), 1e-12);
        result.T.Should().BeApproximately(Math.Sqrt(4.8), 1e-12);
        result.PValue.Should().BeApproximately(1 - Math.Sqrt(4.8 / 6.8), 1e-9);
        SignificanceTest.CorrectedResampledT([1, 2, 3], [2, 4, 6], 0.5).PValue.Should().Be(result.PValue, "the test is two-sided");
        SignificanceTest.CorrectedResampledT([2, 3], [1, 2], 0.5).PValue.Should().Be(0, "nothing varies");
    }

    [Fact]
    public void Overlapping_training_sets_make_a_difference_less_sure_than_a_paired_t_test_says()
    {
        double[] first = [0.31, 0.35, 0.30, 0.36, 0.33], second = [0.29, 0.34, 0.29, 0.32, 0.32];
        double plain = SignificanceTest.PairedT(first, second).PValue;
        double ninth = SignificanceTest.CorrectedResampledT(first, second, 1.0 / 9).PValue;
        double half = SignificanceTest.CorrectedResampledT(first, second, 0.5).PValue;
        plain.Should().BeLessThan(ninth);
        ninth.Should().BeLessThan(half);

        // As the share goes to 0 the two tests become one.
        SignificanceTest.CorrectedResampledT(first, second, 1e-12).PValue.Should().BeApproximately(plain, 1e-9);
    }

    [Fact]
    public void Corrected_resampled_t_rarely_finds_what_isnt_there_where_the_plain_test_often_does()
    {
        // Two models of equal worth on ten splits: what training sets have in common moves all ten differences together, so that any two
        // correlate by 0.25 = test / (training + test). A test that takes them for independent finds far too much.
        var random = new SeededRandom(11);
        int plain = 0, corrected = 0;
        const int Rounds = 1000;
        for (int round = 0; round < Rounds; round++)
        {
            double common = (random.NextDouble() - random.NextDouble()) / Math.Sqrt(3);
            double[] first = [.. Enumerable.Range(0, 10).Select(_ => common + random.NextDouble() - random.NextDouble())];
            double[] second = new double[10];
            plain += SignificanceTest.PairedT(first, second).PValue < 0.05 ? 1 : 0;
            corrected += SignificanceTest.CorrectedResampledT(first, second, 1.0 / 3).PValue < 0.05 ? 1 : 0;
        }

        plain.Should().BeGreaterThan(Rounds / 5);
        corrected.Should().BeLessThan(Rounds / 14);
    }

    [Fact]
    public void Holm_by_hand()
    {
        // Sorted: 0.005, 0.01, 0.03, 0.04, times 4, 3, 2, 1, and never less than the one before.
        SignificanceTest.Holm([0.01, 0.04, 0.03, 0.005]).Should().Equal([0.03, 0.06, 0.06, 0.02], (a, b) => Math.Abs(a - b) < 1e-12);
        SignificanceTest.Holm([0.6, 0.7]).Should().Equal(1, 1);
        SignificanceTest.Holm([]).Should().BeEmpty();
        SignificanceTest.Holm([0.04]).Should().Equal(0.04);
    }

    [Fact]
    public void Holm_over_a_larger_family_never_finds_more()
    {
        var random = new SeededRandom(5);
        double[] all = [.. Enumerable.Range(0, 40).Select(_ => Math.Pow(random.NextDouble(), 6))];
        double[] part = all[..10];
        IReadOnlyList<double> narrow = SignificanceTest.Holm(part), whole = SignificanceTest.Holm(all);
        for (int n = 0; n < part.Length; n++)
        {
            whole[n].Should().BeGreaterThanOrEqualTo(narrow[n], "a family that is narrowed after the fact makes p-values smaller");
            narrow[n].Should().BeInRange(part[n], Math.Min(1, part.Length * part[n]), "Holm's lies between none and Bonferroni's");
        }

        int[] order = [.. Enumerable.Range(0, all.Length).OrderBy(n => all[n])];
        order.Select(n => whole[n]).Should().BeInAscendingOrder();
    }

    [Fact]
    public void Evaluations_are_compared_over_their_users()
    {
        var board = Samples.Checkerboard(20, 12);
        var popularity = new PopularityRecommender(board.Train);
        EvaluationResult first = new Evaluator().Evaluate(popularity, board, EvaluationTarget.Test),
            second = new Evaluator().Evaluate(popularity, board, EvaluationTarget.Validation);
        SignificanceTest.PairedT(first, first, RankingMetric.Recall(20)).Should().Be(new PairedComparison(20, 0, 0, 0, 1));
        var other = Samples.Checkerboard(18, 12);
        EvaluationResult fewer = new Evaluator().Evaluate(new PopularityRecommender(other.Train), other, EvaluationTarget.Test);
        FluentActions.Invoking(() => SignificanceTest.PairedT(second, fewer, RankingMetric.Recall(20))).Should().Throw<ArgumentException>()
            .WithMessage("Expected evaluations under the same protocol, but SplitChecksum is *; got checkerboard*18 users*");
    }

    [Fact]
    public void Evaluations_under_other_protocols_are_refused_with_the_field()
    {
        RecDataset board = Samples.Checkerboard(20, 12);
        EvaluationResult Run(RecDataset data, EvaluationTarget target, EvaluationOptions? options = null, int? seed = null)
            => new Evaluator(options).Evaluate(new PopularityRecommender(data.Train), data, target, seed: seed);
        void Refused(EvaluationResult first, EvaluationResult second, string difference) => FluentActions
            .Invoking(() => SignificanceTest.PairedT(first, second, RankingMetric.Recall(20))).Should().Throw<ArgumentException>()
            .WithMessage($"Expected evaluations under the same protocol, but {difference}; got checkerboard (split *), * and "
                + $"checkerboard (split *. (Parameter 'second')");

        EvaluationResult test = Run(board, EvaluationTarget.Test), validation = Run(board, EvaluationTarget.Validation);
        var masked = new EvaluationOptions { Mask = CandidateMask.TrainAndValidation };
        var filtered = new EvaluationOptions { Users = UserFilter.WithTraining };
        Refused(validation, test, "Target is Validation and Test");
        Refused(test, Run(board, EvaluationTarget.Test, masked), "Mask is Train and TrainAndValidation");
        Refused(test, Run(board, EvaluationTarget.Test, filtered), "UserFilter is WithPositives and WithTraining");

        // Of a training's epochs the best alone keeps its users.
        foreach (var (first, second) in new[] { (test, test.WithoutUsers()), (test.WithoutUsers(), test) })
        {
            FluentActions.Invoking(() => SignificanceTest.PairedT(first, second, RankingMetric.Recall(20))).Should()
                .Throw<InvalidOperationException>().WithMessage("The values per user weren't kept*");
        }

        // One more item that nobody has leaves the split as it is, and yet the rankings are longer.
        InteractionSet Wider(InteractionSet set) => new(set.UserCount, 13, [.. set.ExpandUsers().Zip(set.Items.ToArray())]);
        var splits = new InteractionSplits(Wider(board.Train), Wider(board.Validation), Wider(board.Test));
        var wider = new RecDataset("checkerboard", board.Users, new IdMap([.. board.Items.Ids, "new"]), splits);
        wider.SplitChecksum.Should().Be(board.SplitChecksum);
        Refused(test, Run(wider, EvaluationTarget.Test), "Items is 12 and 13");

        // Options that say nothing about the ranking may differ: the seed of a training, the other metrics, the mask of a validation.
        EvaluationResult other = Run(board, EvaluationTarget.Test, new EvaluationOptions { Metrics = [RankingMetric.Recall(20)] }, seed: 7);
        SignificanceTest.PairedT(test, other, RankingMetric.Recall(20)).PValue.Should().Be(1);
        SignificanceTest.PairedT(validation, Run(board, EvaluationTarget.Validation, masked), RankingMetric.Recall(20)).PValue.Should()
            .Be(1);
    }

    [Fact]
    public void Users_are_paired_by_their_ids_whatever_their_order()
    {
        // Each user has one test item and the scorer ranks it by the user's id, so that no two users have the same figure.
        const int Count = 6;
        static EvaluationResult Run(string[] users)
        {
            List<(int, int)> Pairs(Func<int, int> itemOf) => [.. users.Select((id, u) => (u, itemOf(id[1] - '0')))];
            RecDataset data = Samples.Dataset("ids", Count, Count + 1, Pairs(_ => Count), [], Pairs(n => n), []);
            var named = new RecDataset("ids", new IdMap(users), data.Items, data.Splits);
            return new Evaluator().Evaluate(new Descending(Count, Count + 1), named, EvaluationTarget.Test);
        }

        EvaluationResult one = Run(["u0", "u1", "u2", "u3", "u4", "u5"]), other = Run(["u3", "u5", "u4", "u0", "u2", "u1"]);
        other.Protocol.SplitChecksum.Should().Be(one.Protocol.SplitChecksum);
        PairedComparison comparison = SignificanceTest.PairedT(one, other, RankingMetric.Mrr(20));
        (comparison.MeanDifference, comparison.StandardError, comparison.PValue).Should().Be((0, 0, 1));
        SignificanceTest.PairedT([one, other], [other, other], RankingMetric.Mrr(20)).Should().Be(comparison);
    }

    [Fact]
    public void Of_several_seeds_the_means_of_each_user_are_compared()
    {
        RankingMetric metric = RankingMetric.Ndcg(20);
        EvaluationResult[] first = [Drawn(1), Drawn(2), Drawn(3)], second = [Drawn(4), Drawn(5)];
        double[] Means(EvaluationResult[] results)
            => [.. Enumerable.Range(0, 20).Select(user => results.Average(result => result.PerUser(metric)[user]))];
        PairedComparison expected = SignificanceTest.PairedT(Means(first), Means(second));
        PairedComparison comparison = SignificanceTest.PairedT(first, second, metric);
        comparison.Users.Should().Be(20);
        comparison.MeanDifference.Should().BeApproximately(first.Average(r => r[metric]) - second.Average(r => r[metric]), 1e-12);
        comparison.MeanDifference.Should().NotBe(0);
        comparison.StandardError.Should().BeApproximately(expected.StandardError, 1e-12);
        comparison.T.Should().BeApproximately(expected.T, 1e-9);
        comparison.PValue.Should().BeApproximately(expected.PValue, 1e-9);

        // Of one seed each it is the test of two evaluations.
        SignificanceTest.PairedT([first[0]], [second[0]], metric).Should().Be(SignificanceTest.PairedT(first[0], second[0], metric));
    }

    [Fact]
    public void Seeds_that_do_not_compare_are_refused()
    {
        RankingMetric metric = RankingMetric.Recall(20);
        EvaluationResult one = Drawn(1), two = Drawn(2);
        void Refused<T>(EvaluationResult[] first, EvaluationResult[] second, string message) where T : Exception
            => FluentActions.Invoking(() => SignificanceTest.PairedT(first, second, metric)).Should().Throw<T>().WithMessage(message);

        Refused<ArgumentException>([], [one], "Expected at least one evaluation of each model; got none. (Parameter 'first')");
        Refused<ArgumentException>([one], [], "Expected at least one evaluation of each model; got none. (Parameter 'second')");
        Refused<ArgumentNullException>(null!, [one], "*'first'*");
        Refused<ArgumentNullException>([one], [two, null!], "*'second'*");
        EvaluationResult fewer = Drawn(3, users: 18), validation = Drawn(3, target: EvaluationTarget.Validation);
        Refused<ArgumentException>([one, fewer], [two], "Expected evaluations under the same protocol, but SplitChecksum is *'first')");
        Refused<ArgumentException>([one], [two, fewer], "Expected evaluations under the same protocol, but SplitChecksum is *'second')");
        Refused<ArgumentException>(
            [one], [two, validation], "Expected evaluations under the same protocol, but Target is Test and Validation; *'second')");
        Refused<InvalidOperationException>([one], [two, one.WithoutUsers()], "The values per user weren't kept*");
        Refused<InvalidOperationException>([one.WithoutUsers()], [two], "The values per user weren't kept*");
        FluentActions.Invoking(() => SignificanceTest.PairedT([one], [two], RankingMetric.Recall(7))).Should()
            .Throw<KeyNotFoundException>().WithMessage("Recall@7 wasn't evaluated; there are *");
    }

    /// <summary>The evaluation of scores that a seed draws, as it might be of one training.</summary>
    private static EvaluationResult Drawn(int seed, int users = 20, EvaluationTarget target = EvaluationTarget.Test)
    {
        RecDataset board = Samples.Checkerboard(users, 12);
        return new Evaluator().Evaluate(new Drawing(users, 12, (ulong)seed), board, target, seed: seed);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        FluentActions.Invoking(() => SignificanceTest.PairedT([1e308, -1e308], [-1e308, 1e308])).Should().Throw<ArgumentException>()
            .WithMessage("Expected differences whose squares are finite; got larger ones. (Parameter 'second')");
        FluentActions.Invoking(() => SignificanceTest.PairedT([1, 2], [1])).Should().Throw<ArgumentException>()
            .WithMessage("Expected values of the same users, at least 2; got 2 and 1.*");
        FluentActions.Invoking(() => SignificanceTest.PairedT([1], [1])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SignificanceTest.PairedT([1, 2], [1, double.NaN])).Should().Throw<ArgumentException>()
            .WithMessage("Expected finite values; got NaN or infinity. (Parameter 'second')");
        FluentActions.Invoking(() => SignificanceTest.CorrectedResampledT([1, 2], [1], 0.1)).Should().Throw<ArgumentException>()
            .WithMessage("Expected values of the same splits, at least 2; got 2 and 1.*");
        FluentActions.Invoking(() => SignificanceTest.CorrectedResampledT([1, 2], [2, 4], 0)).Should()
            .Throw<ArgumentOutOfRangeException>().WithParameterName("testShare");
        foreach (double p in new[] { double.NaN, -0.1, 1.1 })
            FluentActions.Invoking(() => SignificanceTest.Holm([0.5, p])).Should().Throw<ArgumentException>();
        SignificanceTest.Holm([0, 1]).Should().Equal(0, 1);
    }

    private sealed class Drawing(int users, int items, ulong seed) : IItemScorer
    {
        private readonly float[] _scores = Samples.Floats(users * items, seed);

        public int UserCount => users;

        public int ItemCount => items;

        public void Score(ReadOnlySpan<int> some, Span<float> scores)
        {
            for (int n = 0; n < some.Length; n++)
                _scores.AsSpan(some[n] * items, items).CopyTo(scores[(n * items)..]);
        }
    }

    private sealed class Descending(int users, int items) : IItemScorer
    {
        public int UserCount => users;

        public int ItemCount => items;

        public void Score(ReadOnlySpan<int> some, Span<float> scores)
        {
            for (int n = 0; n < scores.Length; n++)
                scores[n] = -(n % items);
        }
    }
}
