using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

public sealed class CalibrationTests
{
    [Fact]
    public void Adjacent_violators_are_pooled()
    {
        var (scores, probabilities) = IsotonicRegression.Fit([3, 1, 2, 4, 5], [false, false, true, true, true], minGroup: 1);
        scores.Should().Equal(1, 2.5f, 4.5f);
        probabilities.Should().Equal(0, 0.5f, 1);
        IsotonicRegression.Fit([2, 1], [false, true], minGroup: 1).Probabilities.Should().Equal(0.5f);
        IsotonicRegression.Fit([1, 1, 1], [false, true, true], minGroup: 1).Scores.Should().Equal(1);
    }

    [Fact]
    public void Isotonic_regression_is_the_closest_rising_function()
    {
        var random = new SeededRandom(3);
        for (int n = 0; n < 50; n++)
        {
            float[] scores = [.. Enumerable.Range(0, 12).Select(i => (float)i)];
            bool[] hits = [.. scores.Select(_ => random.NextInt(2) == 0)];
            var (knots, probabilities) = IsotonicRegression.Fit(scores, hits, minGroup: 1);
            probabilities.Should().BeInAscendingOrder();

            // The classic minimax formula: the largest over the beginnings of the smallest over the ends of the mean between.
            double Share(int from, int to) => hits[from..(to + 1)].Average(h => h ? 1.0 : 0.0);
            double[] exact = [.. Enumerable.Range(0, 12)
                .Select(i => Enumerable.Range(0, i + 1).Max(a => Enumerable.Range(i, 12 - i).Min(b => Share(a, b))))];
            exact.Distinct().Select(e => (float)e).Should().Equal(probabilities, (a, b) => MathF.Abs(a - b) < 1e-6f);
            knots.Should().HaveCount(probabilities.Length);
        }
    }

    [Fact]
    public void Groups_have_so_many_scores_at_least_and_equal_ones_are_in_one()
    {
        var (scores, probabilities) = IsotonicRegression.Fit(
            [1, 2, 3, 4, 5, 6, 7], [false, false, false, false, true, true, true], minGroup: 3);
        scores.Should().Equal([2, 5.5f], "one score is left of the second three: it's theirs");
        probabilities.Should().Equal(0, 0.75f);
        (scores, probabilities) = IsotonicRegression.Fit([3, 1, 1, 3, 1, 2], [true, false, false, false, true, true], minGroup: 2);
        scores.Should().Equal(1, 8f / 3);
        probabilities.Should().Equal(1f / 3, 2f / 3);
    }

    [Fact]
    public void Probabilities_lie_on_straight_lines_between_the_fitted_ones()
    {
        var calibration = new Calibration(new CalibrationForm { Depth = 1 }, [0, 10, 14], [0.1f, 0.3f, 0.9f]);
        calibration.Probability(-5).Should().Be(0.1f);
        calibration.Probability(0).Should().Be(0.1f);
        calibration.Probability(5).Should().BeApproximately(0.2f, 1e-7f);
        calibration.Probability(10).Should().Be(0.3f);
        calibration.Probability(11).Should().BeApproximately(0.45f, 1e-7f);
        calibration.Probability(99).Should().Be(0.9f);
        calibration.Probability(float.NaN).Should().Be(float.NaN);
    }

    [Fact]
    public void A_reliability_diagram_worked_out_by_hand()
    {
        ReliabilityDiagram diagram = ReliabilityDiagram.Of([0.7, 0.1, 0.8, 0.2], [true, false, true, true], 2);
        diagram.Bins.Select(b => (Math.Round(b.Predicted, 12), b.Observed, b.Count)).Should().Equal((0.15, 0.5, 2), (0.75, 1, 2));
        diagram.ExpectedCalibrationError.Should().BeApproximately((0.35 + 0.25) / 2, 1e-12);
        ReliabilityDiagram.Of([0.5], [true], 3).Bins.Should().Equal(new ReliabilityBin(0.5, 1, 1));
        ReliabilityDiagram equal = ReliabilityDiagram.Of(
            [.. Enumerable.Repeat(0.5, 60)], [.. new bool[30], .. Enumerable.Repeat(true, 30)], 2);
        equal.Bins.Select(b => b.Observed).Should().Equal([0, 1], "equal ones stay in their order");
    }

    [Fact]
    public void The_tops_of_lists_and_their_hits_worked_out_by_hand()
    {
        // u0's scores are i0 1, i1 2, i2 3, i3 4; those of u1 and u2 twice and three times as high. Nobody trained u3.
        RecDataset data = Samples.Dataset("one", 4, 4, [(0, 3), (1, 2), (2, 2)], [(0, 1), (1, 3), (2, 0), (3, 1)], [(0, 2), (1, 0)], []);
        Recommender recommender = Recommender.FromEmbeddings(
            ["u0", "u1", "u2"], [1, 2, 3], ["i0", "i1", "i2", "i3", "none of the data"], [1, 2, 3, 4, 0],
            new InteractionSet(3, 5, [(0, 3), (1, 2), (2, 2)]));
        RequireHits(EvaluationTarget.Validation, 9, 3, [3, 2, 8, 4, 12, 6], [false, true, true, false, false, false]);
        RequireHits(EvaluationTarget.Validation, 2, 2, [3, 2, 12, 6], [false, true, false, false]);
        RequireHits(EvaluationTarget.Test, 9, 2, [3, 1, 4, 2], [true, false, false, true]);
        Calibration calibration = Calibration.Fit(recommender, data, depth: 2);
        (calibration.Depth, calibration.Users, calibration.Items, calibration.Hits).Should().Be((2, 3, 6, 2));
        calibration.Scores.Should().Equal(35f / 6);
        calibration.Probability(1).Should().Be(2f / 6);
        ReliabilityDiagram diagram = calibration.Measure(recommender, data, EvaluationTarget.Test, bins: 1);
        diagram.Bins.Should().Equal(new ReliabilityBin(2f / 6, 0.5, 4));
        FluentActions.Invoking(() => calibration.Measure(recommender, data, (EvaluationTarget)9))
            .Should().Throw<ArgumentOutOfRangeException>();

        void RequireHits(EvaluationTarget target, int maxUsers, int users, float[] scores, bool[] isHit)
            => ScoredHits.Of(recommender, data, target, 2, maxUsers).Should()
                .BeEquivalentTo(new ScoredHits(users, scores, isHit), o => o.WithStrictOrdering());
    }

    [Theory]
    [InlineData(0, 0, 1, 1, 1)]
    [InlineData(1, -1, 1, 1, 1)]
    [InlineData(1, 0, 0, 1, 1)]
    [InlineData(1, 0, 1, -1, 1)]
    [InlineData(1, 0, 1, 1, 0)]
    public void A_calibration_that_cannot_be_is_refused(int depth, int users, int items, int hits, int scores)
    {
        float[] rising = [.. Enumerable.Range(1, scores).Select(n => n / 2f)];
        var form = new CalibrationForm { Depth = depth, Users = users, Items = items, Hits = hits };
        FluentActions.Invoking(() => Loaded(new Calibration(form, rising, rising))).Should().Throw<ModelFileException>().WithMessage(
            $"*: the manifest has a calibration by {hits} hits of {items} items, {users} users and a depth of {depth}, "
                + $"with {scores} scores");
    }

    [Theory]
    [InlineData(1, 1, new[] { 0.5f }, new[] { 0.5f })]
    [InlineData(0, 0, new[] { 0.5f, 1 }, new[] { 0.5f, 1 })]
    [InlineData(3, 2, new[] { 1f, 2, 3 }, new[] { 0f, 0, 1 })]
    public void A_calibration_at_the_bounds_of_what_can_be_is_loaded(int items, int hits, float[] scores, float[] probabilities)
    {
        Calibration loaded = Loaded(
            new Calibration(new CalibrationForm { Depth = 1, Items = items, Hits = hits }, scores, probabilities)).Calibration!;
        loaded.Scores.Should().Equal(scores);
        loaded.Probabilities.Should().Equal(probabilities);
    }

    private static Recommender Loaded(Calibration calibration)
    {
        using var folder = new TempFolder();
        RecommenderTests.Tiny().WithCalibration(calibration).Save(folder["model"]);
        return Recommender.Load(folder["model"]);
    }

    [Theory]
    [InlineData(new[] { 1f, 1, 3 }, new[] { 0f, 0.5f, 1 }, 1)]
    [InlineData(new[] { 1f, 2, 3 }, new[] { 0f, 0.5f, 0.25f }, 2)]
    [InlineData(new[] { 1f, 2, 3 }, new[] { -0.5f, 0, 1 }, 0)]
    [InlineData(new[] { 1f, 2, 3 }, new[] { 0f, 0, 1.5f }, 2)]
    public void Probabilities_that_do_not_rise_from_0_to_1_are_refused(float[] scores, float[] probabilities, int wrong)
        => FluentActions.Invoking(() => Loaded(new Calibration(new CalibrationForm { Depth = 1 }, scores, probabilities))).Should()
            .Throw<ModelFileException>().WithMessage("*: the calibration must rise from 0 to 1; number "
                + $"{wrong} gives a score of {scores[wrong]} the probability {probabilities[wrong]}");

    [Fact]
    public void A_training_calibrates_by_its_validation_set_and_the_file_keeps_it()
    {
        Recommender trained = Served.Recommender;
        Calibration calibration = trained.Calibration!;
        int users = Enumerable.Range(0, Served.Data.Users.Count)
            .Count(u => !Served.Data.Validation.ItemsOf(u).IsEmpty && !Served.Data.Train.ItemsOf(u).IsEmpty);
        calibration.Users.Should().Be(users);
        calibration.Items.Should().Be(users * calibration.Depth);

        // What was fitted is true of what it was fitted to: on the whole, hits are as many as probabilities say.
        ReliabilityDiagram diagram = calibration.Measure(trained, Served.Data, EvaluationTarget.Validation, bins: 1);
        diagram.Bins[0].Observed.Should().BeApproximately((double)calibration.Hits / calibration.Items, 1e-12);
        diagram.Bins[0].Predicted.Should().BeApproximately(diagram.Bins[0].Observed, 0.02);

        RecommendationList list = trained.Recommend(trained.Users.First(), 50);
        list.Should().OnlyContain(r => r.Probability == calibration.Probability(r.Score));
        list.Select(r => r.Probability!.Value).Should().BeInDescendingOrder();
        trained.Recommend("nobody").Should().OnlyContain(r => r.Probability == null, "popularity isn't calibrated");

        using var folder = new TempFolder();
        trained.Save(folder["model"]);
        Recommender loaded = Recommender.Load(folder["model"]);
        loaded.Recommend(trained.Users.First(), 50).Should().Equal(list);
        loaded.Calibration.Should().BeEquivalentTo(calibration);
        loaded.WithItemToItem(null).Calibration.Should().BeSameAs(loaded.Calibration, "there was no part to leave out");
        loaded.WithCalibration(null).Recommend(trained.Users.First()).Should().OnlyContain(r => r.Probability == null);
    }

    [Fact]
    public void Lists_without_an_item_measure_nothing()
    {
        RecDataset data = RecDataset.FromInteractions("one", [new("u", "a", Label: 0), new("u", "b", Label: 1), new("u", "c", Label: 2)]);
        Recommender hasAll = Recommender.FromEmbeddings(["u"], [1f], ["a"], [1f], new InteractionSet(1, 1, [(0, 0)]));
        var calibration = new Calibration(new CalibrationForm { Depth = 1 }, [0, 10], [0.1f, 0.3f]);
        FluentActions.Invoking(() => calibration.Measure(hasAll, data, EvaluationTarget.Validation)).Should()
            .Throw<ArgumentException>().WithMessage("Expected users with something in the Validation set*");
    }

    [Fact]
    public void Without_a_validation_set_there_is_nothing_to_calibrate_by()
    {
        RecDataset none = new("none", Served.Data.Users, Served.Data.Items, Served.Data.Splits with
        {
            Validation = new InteractionSet(Served.Data.Users.Count, Served.Data.Items.Count, []),
        });
        FluentActions.Invoking(() => Calibration.Fit(Served.Recommender, none)).Should().Throw<ArgumentException>()
            .WithMessage("Expected users with something in the validation set*");
        Served.Build(new DRepMRecOptions(), new RecommenderOptions { Calibrate = false }).Calibration.Should().BeNull();
    }
}
