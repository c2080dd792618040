using DRepMRec.Serving;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Serving;

/// <summary>The unit of boosts and noise.</summary>
public sealed class ScoreDeviationTests
{
    [Fact]
    public void It_is_the_root_of_the_mean_squared_distance_from_the_mean()
    {
        ScoreDeviation.Of([]).Should().Be(0);
        ScoreDeviation.Of([3]).Should().Be(0);
        ScoreDeviation.Of([2, 4]).Should().Be(1);
        ScoreDeviation.Of([.. Enumerable.Repeat(7f, 20)]).Should().Be(0);
        for (int count = 1; count < 40; count++)
        {
            float[] scores = [.. Samples.Floats(count, (ulong)count).Select(v => v + 3)];
            ScoreDeviation.Of(scores).Should().BeApproximately(Slow(scores), 1e-12, "of {0}", count);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hidden_items_and_scores_that_are_none_do_not_count(bool candidates)
    {
        float[] scores = [.. Samples.Floats(21, 1)];
        int[]? rows = candidates ? [.. Enumerable.Range(0, 21).Select(n => 2 * n)] : null;
        double whole = Slow(scores);
        Of(scores).Should().BeApproximately(whole, 1e-12);
        int[] hidden = candidates ? [0, 2, 8, 11, 40] : [0, 1, 4, 20];
        Of(scores, hidden).Should().BeApproximately(Slow([.. scores.Where((_, n) => n is not (0 or 1 or 4 or 20))]), 1e-12);
        (scores[3], scores[10]) = (float.NaN, float.NegativeInfinity);
        Of(scores).Should().BeApproximately(Slow([.. scores.Where(float.IsFinite)]), 1e-12);
        Of(scores, hidden).Should().BeApproximately(
            Slow([.. scores.Where((v, n) => float.IsFinite(v) && n is not (0 or 1 or 4 or 20))]), 1e-12);

        double Of(float[] values, params int[] hiddenRows)
        {
            var sheet = new ScoreSheet(rows, values.Length);
            sheet.Rent();
            sheet.Offer(values, 0);
            double deviation = ScoreDeviation.Of(sheet, CatalogueChanges.OfFile(hiddenRows, 50));
            sheet.Return();
            return deviation;
        }
    }

    private static double Slow(float[] scores)
    {
        double mean = scores.Average(v => (double)v);
        return Math.Sqrt(scores.Average(v => (v - mean) * (v - mean)));
    }
}
