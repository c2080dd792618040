using DRepMRec.Evaluation;

namespace DRepMRec.Tests.Evaluation;

public sealed class RankBiasedOverlapTests
{
    [Fact]
    public void Lists_of_one_length_worked_out_by_hand()
    {
        // Overlaps 1, 1, 2 at depths 1, 2, 3; p = 0.5, so (1 - p) / p = 1:
        // 1/1 * 0.5 + 1/2 * 0.25 + 2/3 * 0.125 + 2/3 * 0.125 = 0.791667.
        RankBiasedOverlap.Extrapolated("abc".ToArray(), "acd".ToArray(), 0.5).Should().BeApproximately(0.5 + 0.125 + (1 / 6.0), 1e-12);

        // Nothing in common at depth 1, all at depth 2; p = 0.9: (0.1 / 0.9) * (0 + 2/2 * 0.81) + 2/2 * 0.81 = 0.9.
        RankBiasedOverlap.Extrapolated("ab".ToArray(), "ba".ToArray()).Should().BeApproximately(0.9, 1e-12);
    }

    [Fact]
    public void Lists_of_two_lengths_worked_out_by_hand()
    {
        // Equation (32), S = a b (s = 2), L = b c a d (l = 4), p = 0.5. X = 0, 1, 2, 2 and X_s = 1.
        // Depths 1 to 4: 0 + 1/2 * 1/4 + 2/3 * 1/8 + 2/4 * 1/16; beyond s: 1 * (3 - 2) / (2 * 3) * 1/8 + 1 * (4 - 2) / (2 * 4) * 1/16;
        // extrapolated: ((2 - 1) / 4 + 1/2) * 1/16.
        const double Expected = 0.125 + (1 / 12.0) + (1 / 32.0) + (1 / 48.0) + (1 / 64.0) + (0.75 / 16);
        RankBiasedOverlap.Extrapolated("ab".ToArray(), "bcad".ToArray(), 0.5).Should().BeApproximately(Expected, 1e-12);
        RankBiasedOverlap.Extrapolated("bcad".ToArray(), "ab".ToArray(), 0.5).Should().BeApproximately(Expected, 1e-12);
    }

    [Fact]
    public void It_is_1_for_the_same_lists_and_0_for_lists_that_share_nothing()
    {
        int[] some = [.. Enumerable.Range(0, 20)];
        RankBiasedOverlap.Extrapolated(some, some).Should().BeApproximately(1, 1e-12);
        RankBiasedOverlap.Extrapolated(some, [.. some.Select(n => n + 20)]).Should().Be(0);
        RankBiasedOverlap.Extrapolated<int>([], []).Should().Be(1);
        RankBiasedOverlap.Extrapolated(some, []).Should().Be(0);
        RankBiasedOverlap.Extrapolated(some, [.. some.Select(n => n + 20)], double.Epsilon).Should().Be(0);
        RankBiasedOverlap.Extrapolated(some[..5], some).Should().BeApproximately(1, 1e-12, "what is missing is taken to agree as well");
    }

    [Fact]
    public void It_is_symmetric_and_between_0_and_1_and_the_top_weighs_most()
    {
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            int[] pool = [.. Enumerable.Range(0, 15)];
            random.Shuffle(pool);
            int[] first = pool[..random.Next(1, 12)];
            random.Shuffle(pool);
            int[] second = pool[..random.Next(1, 12)];
            double p = 0.05 + (0.9 * random.NextDouble()), overlap = RankBiasedOverlap.Extrapolated(first, second, p);
            overlap.Should().BeInRange(0, 1).And.Be(RankBiasedOverlap.Extrapolated(second, first, p));
        }

        int[] best = [0, 1, 2, 3, 4, 5];
        RankBiasedOverlap.Extrapolated(best, [9, 1, 2, 3, 4, 5]).Should()
            .BeLessThan(RankBiasedOverlap.Extrapolated(best, [0, 1, 2, 3, 4, 9]));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Action twice = () => RankBiasedOverlap.Extrapolated([1, 2, 1], [1, 2, 3]);
        twice.Should().Throw<ArgumentException>().WithMessage("'1' occurs twice in a ranking.*");
        foreach (double p in new[] { 0, 1, double.NaN, -0.5 })
        {
            Action persistence = () => RankBiasedOverlap.Extrapolated([1], [1], p);
            persistence.Should().Throw<ArgumentOutOfRangeException>();
        }
    }
}
