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
            top.Select(scores);
            top.Items.ToArray().Should().Equal(expected);
            top.Scores.ToArray().Should().Equal(expected.Select(i => scores[i]));
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 40)]
    [InlineData(20, 333)]
    [InlineData(50, 30)]
    public void Of_equal_scores_the_first_by_the_order_for_ties_come_first(int k, int count)
    {
        var random = new SeededRandom(2);
        for (int round = 0; round < 50; round++)
        {
            int values = 1 + random.NextInt(4), firstPlace = random.NextInt(count);
            float[] scores = [.. Enumerable.Range(0, count).Select(_ => random.NextInt(5) == 0 ? float.NegativeInfinity : random.NextInt(values) - 1f)];
            int[] places = [.. Enumerable.Range(0, count)];
            random.Shuffle(places.AsSpan());
            int[] expected =
            [
                .. Enumerable.Range(0, count).Where(i => !float.IsNegativeInfinity(scores[i]))
                    .OrderByDescending(i => scores[i]).ThenBy(i => (places[i] - firstPlace + count) % count).Take(k),
            ];
            var top = new TopK(k, places);
            top.Begin(firstPlace);
            int half = count / 2;
            top.Take(scores.AsSpan(0, half), 0);
            top.Take(scores.AsSpan(half), half);
            top.Items.ToArray().Should().Equal(expected);
            top.Scores.ToArray().Should().Equal(expected.Select(i => scores[i]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(37)]
    public void NaN_is_an_error_that_names_the_item(int at)
    {
        float[] scores = [.. Enumerable.Range(0, 40).Select(i => 100f - i)];
        scores[at] = float.NaN;
        FluentActions.Invoking(() => new TopK(3).Select(scores)).Should().Throw<NotFiniteNumberException>().WithMessage($"The score of item {at} is NaN.");
    }
}
