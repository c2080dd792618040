using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace ReproduceResults.Trainings;

/// <summary>Recall@20 over groups of test rows, by how much training knows of the item and of the user.</summary>
internal static class TestRows
{
    private const int Ranked = 20;

    private static readonly GroupRecall[] Groups =
    [
        new("cold item", (item, _) => item == 0),
        new("item of 1-4", (item, _) => item is >= 1 and <= 4),
        new("item of 5-19", (item, _) => item is >= 5 and <= 19),
        new("item of 20+", (item, _) => item >= 20),
        new("user with 1", (_, user) => user == 1),
        new("user with 2-4", (_, user) => user is >= 2 and <= 4),
        new("user with 5+", (_, user) => user >= 5),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Groups.Select(g => g.Name)];

    /// <summary>The groups by the lists that the evaluator ranks, so that equal scores count as they do in all other figures.</summary>
    public static Dictionary<string, GroupFigures> Measure(RecDataset data, IItemScorer scorer, CancellationToken cancellation)
    {
        EvaluationResult test = new Evaluator(new EvaluationOptions { Threads = 1, ListMetrics = Groups })
            .Evaluate(scorer, data, EvaluationTarget.Test, cancellation);
        return Groups.ToDictionary(g => g.Name, g => new GroupFigures(g.RowsOf(data, test.EvaluatedUsers).Count(), test[g]));
    }

    /// <summary>The share of a group's rows that are in their user's list.</summary>
    /// <param name="Group">The name of the group.</param>
    /// <param name="Has">Whether it has a row, by how many users the item has in training, and how many items the user.</param>
    private sealed record GroupRecall(string Group, Func<int, int, bool> Has) : ListMetric(Ranked)
    {
        public override string Name => Group;

        /// <summary>The rows of the group: the place of the user among those given, and the item.</summary>
        public IEnumerable<(int Place, int Item)> RowsOf(RecDataset data, IReadOnlyList<int> users)
        {
            int[] itemDegrees = data.Train.ItemDegrees();
            return users.SelectMany((user, place) => data.Test.ItemsOf(user).ToArray()
                .Where(item => Has(itemDegrees[item], data.Train.ItemsOf(user).Length)).Select(item => (place, item)));
        }

        /// <summary>NaN for a group without rows.</summary>
        public override double Compute(RankedLists lists)
        {
            int[] users = [.. Enumerable.Range(0, lists.Data.Users.Count).Where(u => lists.Data.Test.ItemsOf(u).Length > 0)];
            int rows = 0, hits = 0;
            foreach (var (place, item) in RowsOf(lists.Data, users))
            {
                rows++;
                hits += lists[place].Contains(item) ? 1 : 0;
            }

            return rows == 0 ? double.NaN : (double)hits / rows;
        }
    }
}
