using DRepMRec.Baselines;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Evaluation;

public sealed class SignificanceTestTests
{
    [Fact]
    public void Paired_t_by_hand()
    {
        // Differences 1, 2, 3: mean 2, standard deviation 1, standard error 1/√3, t = 2√3 = 3.4641. With 2 degrees of freedom p = 1 - t / √(t² + 2) = 1 - √(12/14).
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
    public void Holm_by_hand()
    {
        // Sorted: 0.005, 0.01, 0.03, 0.04, times 4, 3, 2, 1, and never less than the one before.
        SignificanceTest.Holm([0.01, 0.04, 0.03, 0.005]).Should().Equal([0.03, 0.06, 0.06, 0.02], (a, b) => Math.Abs(a - b) < 1e-12);
        SignificanceTest.Holm([0.6, 0.7]).Should().Equal(1, 1);
        SignificanceTest.Holm([]).Should().BeEmpty();
    }

    [Fact]
    public void Evaluations_are_compared_over_their_users()
    {
        var board = Samples.Checkerboard(20, 12);
        var popularity = new PopularityRecommender(board.Train);
        EvaluationResult first = new Evaluator().Evaluate(popularity, board, EvaluationTarget.Test), second = new Evaluator().Evaluate(popularity, board, EvaluationTarget.Validation);
        SignificanceTest.PairedT(first, first, RankingMetric.Recall(20)).Should().Be(new PairedComparison(20, 0, 0, 0, 1));
        var other = Samples.Checkerboard(18, 12);
        EvaluationResult fewer = new Evaluator().Evaluate(new PopularityRecommender(other.Train), other, EvaluationTarget.Test);
        FluentActions.Invoking(() => SignificanceTest.PairedT(second, fewer, RankingMetric.Recall(20))).Should().Throw<ArgumentException>().WithMessage("Expected evaluations of the same split and users; got checkerboard*18 users*");
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        FluentActions.Invoking(() => SignificanceTest.PairedT([1, 2], [1])).Should().Throw<ArgumentException>().WithMessage("Expected values of the same users, at least 2; got 2 and 1.*");
        FluentActions.Invoking(() => SignificanceTest.PairedT([1], [1])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SignificanceTest.Holm([0.5, double.NaN])).Should().Throw<ArgumentException>();
    }
}
