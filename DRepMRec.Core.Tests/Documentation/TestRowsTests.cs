using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;
using ReproduceResults.Trainings;

namespace DRepMRec.Tests.Documentation;

/// <summary>The groups of test rows that published tables have.</summary>
public sealed class TestRowsTests
{
    private const int Users = 300, Items = 90;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Groups_of_one_row_per_user_have_the_recall_of_the_evaluator_also_among_equal_scores(int levels)
    {
        RecDataset data = OneTestRowPerUser();
        var scorer = new Levels(levels);
        IReadOnlyDictionary<string, GroupFigures> groups = TestRows.Measure(data, scorer, CancellationToken.None);
        double recall = new Evaluator().Evaluate(scorer, data, EvaluationTarget.Test)[RankingMetric.Recall(20)];
        foreach (string kind in new[] { "item", "user" })
        {
            GroupFigures[] own = [.. groups.Where(g => g.Key.Contains(kind, StringComparison.Ordinal)).Select(g => g.Value)];
            own.Sum(g => g.Rows).Should().Be(Users);
            own.Where(g => g.Rows > 0).Sum(g => g.Rows * g.Recall).Should().BeApproximately(recall * Users, 1e-9);
        }
    }

    private static RecDataset OneTestRowPerUser()
    {
        var random = new Random(5);
        List<(int, int)> train = [], test = [];
        for (int user = 0; user < Users; user++)
        {
            int[] own = [.. Enumerable.Range(0, Items)];
            random.Shuffle(own);
            train.AddRange(own[..(1 + (user % 7))].Where(item => item > 9).DefaultIfEmpty(20).Select(item => (user, item)));
            test.Add((user, own[20] == 20 ? 21 : own[20]));
        }

        return Support.Samples.Dataset("rows", Users, Items, train, [], test, []);
    }

    private sealed class Levels(int count) : IItemScorer
    {
        public int UserCount => Users;

        public int ItemCount => Items;

        public void Score(ReadOnlySpan<int> users, Span<float> scores)
        {
            for (int n = 0; n < scores.Length; n++)
            {
                var random = new SeededRandom((ulong)((users[n / Items] * Items) + (n % Items)));
                scores[n] = count == 0 ? 0 : random.NextInt(count);
            }
        }
    }
}
