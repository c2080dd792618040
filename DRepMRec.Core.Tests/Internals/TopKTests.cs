using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.Tests.Internals;

public sealed class TopKTests
{
    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(3, 40)]
    [InlineData(20, 333)]
    [InlineData(50, 30)]
    public void Selects_what_a_full_sort_would(int k, int count)
    {
        var random = new SeededRandom(1);
        for (int round = 0; round < 50; round++)
        {
            // Few distinct values, so that there are many ties; some are no candidates.
            float[] scores = [.. Enumerable.Range(0, count).Select(_ => random.NextInt(5) == 0 ? float.NegativeInfinity : random.NextInt(12) - 5f)];
            int[] expected = [.. Enumerable.Range(0, count).Where(i => !float.IsNegativeInfinity(scores[i])).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(k)];
            var top = new TopK(k);
            top.Offer(scores, 0);
            top.Ranked.ToArray().Should().Equal(expected.Select(i => (scores[i], i)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(37)]
    public void NaN_is_an_error_that_names_the_item(int at)
    {
        float[] scores = [.. Enumerable.Range(0, 40).Select(i => 100f - i)];
        scores[at] = float.NaN;
        FluentActions.Invoking(() => new TopK(3).Offer(scores, 0)).Should().Throw<NotFiniteNumberException>().WithMessage($"The score of item {at} is NaN.");
    }
}
