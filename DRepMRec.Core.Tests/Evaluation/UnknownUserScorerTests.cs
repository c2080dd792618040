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

        int first = scorer.RangeStep;
        float[] range = new float[2 * 3];
        scorer.Score([1, 0], first, 3, range);
        range.Should().Equal([.. degrees[first..(first + 3)].Select(d => (float)d), .. rows[first..(first + 3)].Select(r => 2 * r)]);
    }
}
