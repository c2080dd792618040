using System.Globalization;
using Common;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Serving;
using Spectre.Console;

namespace QuickStart;

internal static class Display
{
    private const int Count = 10;

    // So many items of a history.
    private const int Shown = 10;

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

    /// <summary>Words that not everybody knows, and how far a figure can be trusted.</summary>
    public static void Words(int cold)
    {
        Console.WriteLine("""
            Recall@20: the share of the items that a user chose later which are among the 20 best of all that the user didn't have.
            NDCG@20: the same, where a place further up counts more. Both are means over users, from 0 to 1.
            Validation and test: two parts of what users chose, held back. Choices are made by the first, figures are of the second.
            Popularity and ItemKNN count; EASE solves a system of equations; LightGCN and DRepMRec are trained, to the epoch with the
            best Recall@20 on validation. The seed alone moves a training by some hundredths of its figure. Losses of an epoch: bpr and
            softmax for items that users chose above others, intra and inter for the alignments, l2 for short rows.
            + item-to-item: what goes together, solved for in seconds, and what is popular, beside the trained model by weights that
            validation chooses.
            LightGCN learns by BPR. No model's options were searched on these data; where all are searched alike: docs/results.md.
            """);
        if (cold > 0)
            Console.WriteLine($"cold R@20: R@20 over the {cold} items that nobody has in training: only their features can find them.");
    }

    /// <summary>What one user is recommended, and why; and a list with more variety.</summary>
    public static void Recommendations(Recommender recommender, RecDataset data)
    {
        int user = MostToSee(recommender, data);
        string id = data.Users[user];
        string Name(string item) => Markup.Escape(Shelves.Name(recommender, item));
        Console.WriteLine();
        Console.WriteLine($"User {id}, chosen as one whose list finds most of what was held back, bought");
        int[] bought = data.Train.ItemsOf(user).ToArray();
        foreach (int item in bought.Take(Shown))
            Console.WriteLine($"  {Shelves.Name(recommender, data.Items[item])}");
        if (bought.Length > Shown)
            Console.WriteLine($"  and {bought.Length - Shown} more");

        Table table = new Table().Border(TableBorder.Rounded).AddColumns("Recommended", "Chance", "Most like", "");
        foreach (Recommendation recommended in recommender.Recommend(id, Count))
        {
            int item = data.Items.IndexOf(recommended.Item);
            string note = data.Test.Contains(user, item) ? "bought later (test)"
                : data.Validation.Contains(user, item) ? "bought later (validation)"
                : "";
            string? like = recommender.Explain(id, recommended.Item, 1)?.Supporters.FirstOrDefault().Item;
            table.AddRow(Name(recommended.Item), recommended.Probability?.ToString("P1", CultureInfo.InvariantCulture) ?? "",
                like is null ? "" : Name(like), note);
        }

        AnsiConsole.Write(table);
        Console.WriteLine("Chance: the share of such scores that were chosen on the validation set. Most like: of what was bought.");
        Console.WriteLine("With more variety, and at most 4 bestsellers:");
        foreach (Recommendation recommended in recommender.Recommend(new RecommendationRequest
        {
            UserId = id,
            Count = Count,
            Quotas = [new CategoryQuota { Column = Shelves.Column, Category = Shelves.Bestseller, Max = 4 }],
            Diversity = new Diversity { Lambda = 0.7 },
        }))
        {
            string shelf = recommender.Metadata![recommended.Item]?.Categories(Shelves.Column)[0] ?? "";
            Console.WriteLine($"  {Shelves.Name(recommender, recommended.Item)} ({shelf})");
        }
    }

    /// <summary>What to do next.</summary>
    public static void Next(string? saved) => Console.WriteLine(saved is null
        ? """

            Next: add --save shop.drepmrec to keep the model, or --data FOLDER to train on data of your own (docs/your-own-data.md);
            for CSV files: dotnet run --project samples/WebShop -c Release -- --orders FILE --products FILE
            """
        : $"""

            Saved to {saved}. Next: dotnet run --project samples/ServeRecommendations -c Release -- --model "{saved}"
            """);

    /// <summary>
    /// Of up to a thousand users with a history of three to ten items, or of the shortest ones where there are none, the one of whose
    /// held-back items most are in the list; of these the one with the longest history.
    /// </summary>
    private static int MostToSee(Recommender recommender, RecDataset data)
    {
        int[] tested = [.. Enumerable.Range(0, data.Users.Count)
            .Where(u => data.Test.ItemsOf(u).Length > 0 && data.Train.ItemsOf(u).Length > 0)];
        int[] users = [.. tested.Where(u => data.Train.ItemsOf(u).Length is >= 3 and <= 10).Take(1000)];
        if (users.Length == 0)
            users = [.. tested.OrderBy(u => data.Train.ItemsOf(u).Length).Take(1000)];
        if (users.Length == 0)
            return Enumerable.Range(0, data.Users.Count).MaxBy(u => data.Train.ItemsOf(u).Length);
        IReadOnlyList<RecommendationList> lists = recommender.Recommend(
            [.. users.Select(u => new RecommendationRequest { UserId = data.Users[u], Count = Count })]);
        int Found(int n) => lists[n].Count(r => data.Items.IndexOf(r.Item) is var i
            && (data.Test.Contains(users[n], i) || data.Validation.Contains(users[n], i)));
        return users[Enumerable.Range(0, users.Length).MaxBy(n => (Found(n), data.Train.ItemsOf(users[n]).Length))];
    }

    private static string Format(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
