using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec.Tests.Kernels;

public sealed class TopKTests
{
    // A small K is kept as a list, a large one as a heap.
    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(3, 40)]
    [InlineData(20, 333)]
    [InlineData(50, 30)]
    [InlineData(64, 400)]
    [InlineData(65, 400)]
    [InlineData(200, 900)]
    [InlineData(300, 300)]
    [InlineData(400, 300)]
    public void Selects_what_a_full_sort_would(int k, int count)
    {
        var random = new SeededRandom(1);
        var top = new TopK(k);
        for (int round = 0; round < 50; round++)
        {
            // Few distinct values, so that there are many ties; scores of minus infinity are no candidates.
            float[] scores = [.. Enumerable.Range(0, count)
                .Select(_ => random.NextInt(5) == 0 ? float.NegativeInfinity : random.NextInt(12) - 5f)];
            int[] expected = [.. Enumerable.Range(0, count).Where(i => !float.IsNegativeInfinity(scores[i]))
                .OrderByDescending(i => scores[i]).ThenBy(i => i).Take(k)];
            top.Clear();
            top.Offer(scores, 0);
            top.Ranked.ToArray().Should().Equal(expected.Select(i => (scores[i], i)));
        }
    }

    [Theory]
    [InlineData(60)]
    [InlineData(160)]
    public void Keeps_what_passes_the_minimum_and_the_filter_and_is_finite(int mostKept)
    {
        var random = new SeededRandom(7);
        for (int n = 0; n < 300; n++)
        {
            int count = random.NextInt(400), capacity = random.NextInt(mostKept);
            float minimum = n % 3 == 0 ? 2 : float.NegativeInfinity;
            float[] scores = [.. Enumerable.Range(0, count).Select(_ => random.NextInt(12) switch
            {
                11 => float.NaN,
                10 => float.PositiveInfinity,
                9 => float.NegativeInfinity,
                var score => score,
            })];
            Func<int, bool>? admits = n % 2 == 0 ? i => i % 3 != 0 : null;
            var top = new TopK(capacity, minimum, admits, finiteOnly: true);
            (float, int)[] Expected(int offered) => [.. scores.Take(offered).Select((s, i) => (s, i))
                .Where(p => float.IsFinite(p.s) && p.s >= minimum && admits?.Invoke(p.i) != false)
                    .OrderByDescending(p => p.s).ThenBy(p => p.i).Take(capacity)];
            int half = count / 2;
            top.Offer(scores.AsSpan(0, half), 0);
            if (n % 4 == 0)
                top.Ranked.ToArray().Should().Equal(Expected(half), "one may look before all is offered");
            top.Offer(scores.AsSpan(half), half);
            top.Ranked.ToArray().Should().Equal(Expected(count));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(100)]
    public void Ties_may_go_by_another_order_than_that_of_the_indices(int k)
    {
        const int Count = 300;
        var random = new SeededRandom(3);
        int[] ranks = [.. Enumerable.Range(0, Count).OrderBy(_ => random.NextUInt64())];
        float[] scores = [.. Enumerable.Range(0, Count).Select(_ => (float)random.NextInt(4))];
        var top = new TopK(k, tieOrder: ranks);
        top.Offer(scores, 0);
        top.Ranked.ToArray().Should().Equal(Enumerable.Range(0, Count).OrderByDescending(i => scores[i]).ThenBy(i => ranks[i]).Take(k)
            .Select(i => (scores[i], i)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(100)]
    public void Runs_of_ascending_ranks_may_be_offered_as_such(int k)
    {
        const int Count = 900;
        var random = new SeededRandom(4);
        int[] runs = [.. Enumerable.Range(0, Count).Select(_ => random.NextInt(9))];
        int[] ranks = [.. Enumerable.Range(0, Count).OrderBy(rank => runs[rank])];
        float[] scores = [.. Enumerable.Range(0, Count).Select(_ => (float)random.NextInt(4))];
        var top = new TopK(k, tieOrder: ranks);
        for (int start = 0, length; start < Count; start += length)
        {
            length = runs.Count(run => run == runs[ranks[start]]);
            top.OfferAscending(scores.AsSpan(start, length), start);
        }

        top.Ranked.ToArray().Should().Equal(Enumerable.Range(0, Count).OrderByDescending(i => scores[i]).ThenBy(i => ranks[i]).Take(k)
            .Select(i => (scores[i], i)));
    }

    [Fact]
    public void The_filter_is_asked_only_for_what_would_be_kept()
    {
        var asked = new List<int>();
        var top = new TopK(2, admits: i =>
        {
            asked.Add(i);
            return i != 1;
        });
        top.Offer([3, 9, 5, 1, 3, 4], 0);
        asked.Should().Equal(0, 1, 2, 5);
        top.Ranked.ToArray().Should().Equal((5f, 2), (4f, 5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Ranking_everything_or_the_best_eighth_costs_n_log_n(int share)
    {
        // Twice as many scores may cost a little more than twice the steps; an insertion into a sorted list would cost four times as many.
        foreach (Func<int, float> score in new Func<int, float>[] { i => i, i => -i, i => i * 7919 % 4096, _ => 1 })
        {
            long Steps(int count)
            {
                var top = new TopK(count / share);
                top.Offer([.. Enumerable.Range(0, count).Select(score)], 0);
                top.Ranked.Length.Should().Be(count / share);
                return top.Steps;
            }

            long few = Steps(4096), many = Steps(8192);
            few.Should().BeInRange(4096, 3 * 4096 * 12);
            many.Should().BeLessThan(few * 5 / 2);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 40)]
    [InlineData(20, 333)]
    [InlineData(50, 30)]
    [InlineData(100, 333)]
    public void Of_equal_scores_the_first_by_the_order_for_ties_come_first(int k, int count)
    {
        var random = new SeededRandom(2);
        for (int round = 0; round < 50; round++)
        {
            int values = 1 + random.NextInt(4), firstPlace = random.NextInt(count);
            float[] scores = [.. Enumerable.Range(0, count)
                .Select(_ => random.NextInt(5) == 0 ? float.NegativeInfinity : random.NextInt(values) - 1f)];
            int[] places = [.. Enumerable.Range(0, count)];
            random.Shuffle(places.AsSpan());
            int[] expected =
            [
                .. Enumerable.Range(0, count).Where(i => !float.IsNegativeInfinity(scores[i]))
                    .OrderByDescending(i => scores[i]).ThenBy(i => (places[i] - firstPlace + count) % count).Take(k),
            ];
            var top = new TopK(k, tieOrder: places);
            top.Clear(firstPlace);
            int half = count / 2;
            top.Offer(scores.AsSpan(0, half), 0);
            top.Offer(scores.AsSpan(half), half);
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
        FluentActions.Invoking(() => new TopK(3).Offer(scores, 0))
            .Should().Throw<NotFiniteNumberException>().WithMessage($"The score of item {at} is NaN.");
    }
}
