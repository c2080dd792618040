using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace DRepMRec.Tests.Evaluation;

public sealed class UnknownUserScorerTests
{
    [Fact]
    public void Unknown_users_get_the_items_numbers_of_users_and_others_their_scores()
    {
        const int items = 40;
        float[] users = [2, 3, 5], rows = [.. Enumerable.Range(1, items).Select(item => (float)item)];
        int[] degrees = [.. Enumerable.Range(0, items).Select(item => 1000 + item)];
        var scorer = new UnknownUserScorer(new EmbeddingScorer(users, rows, 1), user => user != 1, degrees);
        (scorer.UserCount, scorer.ItemCount).Should().Be((3, items));
        float[] all = new float[3 * items];
        scorer.Score([2, 1, 0], all);
        all.Should().Equal([.. rows.Select(r => 5 * r), .. degrees.Select(d => (float)d), .. rows.Select(r => 2 * r)]);

        IRangeScorer ranges = scorer;
        int first = ranges.RangeStep;
        float[] range = new float[2 * 3];
        ranges.Score([1, 0], first, 3, range);
        range.Should().Equal([.. degrees[first..(first + 3)].Select(d => (float)d), .. rows[first..(first + 3)].Select(r => 2 * r)]);
    }

    [Fact]
    public void A_scorer_is_asked_for_the_users_that_it_knows_and_for_no_others()
    {
        InteractionSet train = new(5, 40, [(1, 1), (3, 3), (4, 0)]);
        float[] rows = [.. Enumerable.Repeat(1f, 40)];
        var scorer = new UnknownUserScorer(new Asked(new EmbeddingScorer([0, 10, 0, 30, 40], rows, 1), [1, 3, 4]), train);
        int[] users = [0, 4, 2, 1, 0, 3, 2];
        float[] scores = new float[users.Length * 40];
        scorer.Score(users, scores);
        users.Select((_, n) => scores[(n * 40) + 1]).Should().Equal(1, 40, 1, 10, 1, 30, 1);
        users.Select((_, n) => scores[(n * 40) + 39]).Should().Equal(0, 40, 0, 10, 0, 30, 0);
        scorer.Score([2], scores.AsSpan(0, 40));
        scores[3].Should().Be(1);
    }

    [Fact]
    public void A_scorer_of_whole_rows_is_evaluated_as_one_of_ranges_and_unknown_users_by_popularity()
    {
        const int Items = 40;
        InteractionSet train = new(4, Items, [(0, 1), (0, 3), (1, 3), (2, 0)]), none = new(4, Items, []),
            test = new(4, Items, [(0, 39), (3, 3)]);
        IdMap Ids(int count) => new(Enumerable.Range(0, count).Select(n => $"{n}"));
        var data = new RecDataset("four", Ids(4), Ids(Items), new InteractionSplits(train, none, test));
        float[] users = [1, 1, 1, 1], items = [.. Enumerable.Range(0, Items).Select(n => (float)(Items - n))];
        var metric = RankingMetric.Recall(1);
        var evaluator = new Evaluator(new EvaluationOptions { Metrics = [metric] });
        var rows = new EmbeddingScorer(users, items, 1);
        foreach (IItemScorer scorer in new IItemScorer[] { rows, new Whole(rows) })
        {
            EvaluationResult result = evaluator.Evaluate(new UnknownUserScorer(scorer, train), data, EvaluationTarget.Test);
            result.PerUser(metric).Should().Equal([0, 1], "user 0 is known and gets item 0, user 3 is not and gets the most popular");
        }

        FluentActions.Invoking(() => new UnknownUserScorer(new EmbeddingScorer(users, items, 1), new InteractionSet(4, Items + 1, [])))
            .Should().Throw<ArgumentException>().WithMessage("Expected a scorer of 4 users and 41 items, got one of 4 and 40.*");
    }

    private sealed class Asked(IItemScorer inner, int[] known) : IItemScorer
    {
        public int UserCount => inner.UserCount;

        public int ItemCount => inner.ItemCount;

        public void Score(ReadOnlySpan<int> users, Span<float> scores)
        {
            if (users.IsEmpty || users.ToArray().Except(known).Any())
                throw new KeyNotFoundException();
            inner.Score(users, scores);
        }
    }

    private sealed class Whole(IItemScorer inner) : IItemScorer
    {
        public int UserCount => inner.UserCount;

        public int ItemCount => inner.ItemCount;

        public void Score(ReadOnlySpan<int> users, Span<float> scores) => inner.Score(users, scores);
    }
}
