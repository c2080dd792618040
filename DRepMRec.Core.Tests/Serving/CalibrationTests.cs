using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;

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
    public void Probabilities_lie_on_straight_lines_between_the_fitted_ones()
    {
        var calibration = new Calibration(new CalibrationForm { Depth = 1 }, [0, 10], [0.1f, 0.3f]);
        calibration.Probability(-5).Should().Be(0.1f);
        calibration.Probability(0).Should().Be(0.1f);
        calibration.Probability(5).Should().BeApproximately(0.2f, 1e-7f);
        calibration.Probability(99).Should().Be(0.3f);
        calibration.Probability(float.NaN).Should().Be(float.NaN);
    }

    [Fact]
    public void A_reliability_diagram_worked_out_by_hand()
    {
        ReliabilityDiagram diagram = ReliabilityDiagram.Of([0.1, 0.2, 0.7, 0.8], [false, true, true, true], 2);
        diagram.Bins.Select(b => (Math.Round(b.Predicted, 12), b.Observed, b.Count)).Should().Equal((0.15, 0.5, 2), (0.75, 1, 2));
        diagram.ExpectedCalibrationError.Should().BeApproximately((0.35 + 0.25) / 2, 1e-12);
    }

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
