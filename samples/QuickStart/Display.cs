using System.Globalization;
using Common;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;
using Spectre.Console;

namespace QuickStart;

internal static class Display
{
    private static readonly RankingMetric[] Columns =
    [
        RankingMetric.Recall(10), RankingMetric.Recall(20), RankingMetric.Ndcg(10), RankingMetric.Ndcg(20),
    ];

    public static void Results(IReadOnlyList<ModelRun> runs)
    {
        Table table = new Table().Border(TableBorder.Rounded).Title("Test figures, full ranking").AddColumn("Model");
        foreach (RankingMetric metric in Columns)
            table.AddColumn(new TableColumn(metric.ToString()).RightAligned());
        table.AddColumn(new TableColumn("cold R@20").RightAligned()).AddColumn(new TableColumn("epoch").RightAligned());
        foreach (ModelRun run in runs)
        {
            string cold = run.Test.ColdItems is null ? "-" : Format(run.Test.ColdItems[RankingMetric.Recall(20)]);
            string epoch = run.Report?.BestEpoch.ToString(CultureInfo.InvariantCulture) ?? "-";
            table.AddRow([run.Model, .. Columns.Select(m => Format(run.Test[m])), cold, epoch]);
        }

        AnsiConsole.Write(table);
        Console.WriteLine(runs[^1].Test.Protocol);
    }

    /// <summary>
    /// Ten recommendations beside the history, for the first of the users with the longest history of at most ten items, and something in
    /// the test set.
    /// </summary>
    public static void Recommendations(Recommender recommender, RecDataset data)
    {
        int user = Enumerable.Range(0, data.Users.Count).Where(u => data.Test.ItemsOf(u).Length > 0 && data.Train.ItemsOf(u).Length <= 10)
            .DefaultIfEmpty(0).MaxBy(u => data.Train.ItemsOf(u).Length);
        string[] history = [.. data.Train.ItemsOf(user).ToArray().Select(i => data.Items[i])];
        IReadOnlyList<Recommendation> recommended = recommender.Recommend(data.Users[user], 10);
        IReadOnlyList<Recommendation> varied = recommender.Recommend(new RecommendationRequest
        {
            UserId = data.Users[user],
            Count = 10,
            Quotas = [new CategoryQuota { Column = Shelves.Column, Category = Shelves.Bestseller, Max = 4 }],
            Diversity = new Diversity { Lambda = 0.7 },
        });
        Table table = new Table().Border(TableBorder.Rounded).Title($"User {Markup.Escape(data.Users[user])}")
            .AddColumns("History", "Recommended", "Score", "Chance", "", "Varied, at most 4 bestsellers", "Shelf");
        for (int row = 0; row < Math.Max(history.Length, recommended.Count); row++)
        {
            string past = row < history.Length ? Markup.Escape(history[row]) : "";
            if (row >= recommended.Count)
            {
                table.AddRow(past, "", "", "", "", "", "");
                continue;
            }

            var (item, score) = recommended[row];
            int index = data.Items.IndexOf(item);
            string note = data.Test.Contains(user, index) ? "in the test set"
                : data.Validation.Contains(user, index) ? "in the validation set"
                : "";
            string other = row < varied.Count ? varied[row].Item : "";
            table.AddRow(past, Markup.Escape(item), score.ToString("F3", CultureInfo.InvariantCulture),
                recommended[row].Probability?.ToString("P1", CultureInfo.InvariantCulture) ?? "", note, Markup.Escape(other),
                recommender.Metadata![other]?.Categories(Shelves.Column)[0] ?? "");
        }

        AnsiConsole.Write(table);
    }

    private static string Format(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
