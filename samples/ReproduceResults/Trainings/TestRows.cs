using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace ReproduceResults.Trainings;

/// <summary>Recall@20 over groups of test rows, by how much training knows of the item and of the user.</summary>
internal static class TestRows
{
    private const int Ranked = 20;

    private static readonly (string Name, Func<int, int, bool> Has)[] Groups =
    [
        ("cold item", (item, _) => item == 0),
        ("item of 1-4", (item, _) => item is >= 1 and <= 4),
        ("item of 5-19", (item, _) => item is >= 5 and <= 19),
        ("item of 20+", (item, _) => item >= 20),
        ("user with 1", (_, user) => user == 1),
        ("user with 2-4", (_, user) => user is >= 2 and <= 4),
        ("user with 5+", (_, user) => user >= 5),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Groups.Select(g => g.Name)];

    public static Dictionary<string, GroupFigures> Measure(RecDataset data, IItemScorer scorer)
    {
        int[] users = [.. Enumerable.Range(0, data.Users.Count).Where(u => data.Test.ItemsOf(u).Length > 0)];
        int[] itemDegrees = data.Train.ItemDegrees();
        int[] rows = new int[Groups.Length], hits = new int[Groups.Length];
        var scores = new float[data.Items.Count];
        foreach (int user in users)
        {
            scorer.Score([user], scores);
            foreach (int item in data.Train.ItemsOf(user))
                scores[item] = float.NegativeInfinity;
            foreach (int item in data.Test.ItemsOf(user))
            {
                bool hit = IsRanked(scores, item);
                for (int g = 0; g < Groups.Length; g++)
                {
                    if (!Groups[g].Has(itemDegrees[item], data.Train.ItemsOf(user).Length))
                        continue;
                    rows[g]++;
                    hits[g] += hit ? 1 : 0;
                }
            }
        }

        return Groups.Select((group, g) => (group.Name, g))
            .ToDictionary(p => p.Name, p => new GroupFigures(rows[p.g], rows[p.g] == 0 ? double.NaN : (double)hits[p.g] / rows[p.g]));
    }

    /// <summary>
    /// Whether fewer than 20 items are before this one: those of a higher score, and of an equal one those of a lower index, as the
    /// evaluator ranks them.
    /// </summary>
    private static bool IsRanked(float[] scores, int item)
    {
        int before = 0;
        for (int i = 0; i < scores.Length && before < Ranked; i++)
            before += scores[i] > scores[item] || (scores[i] == scores[item] && i < item) ? 1 : 0;
        return before < Ranked && scores[item] > float.NegativeInfinity;
    }
}
