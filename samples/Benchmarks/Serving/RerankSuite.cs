using System.Globalization;
using DRepMRec.Serving;
using Spectre.Console;

namespace Benchmarks.Serving;

/// <summary>What filters, boosts, quotas, diversity and exploration add to the time of a plain request, on one thread.</summary>
internal static class RerankSuite
{
    private const int Count = 20;
    private const int Calls = 201;
    private static readonly DateTimeOffset FirstDay = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Run()
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 140);
        foreach (int items in new[] { 100_000, 1_000_000 })
        {
            Table table = new Table().Border(TableBorder.Rounded)
                .Title($"Top-{Count} of one user, 64 dimensions, one thread").AddColumn("What");
            foreach (string column in new[] { "median ms", "fastest ms", "added, median", "added, fastest" })
                table.AddColumn(new TableColumn(column).RightAligned());
            Measure(table, items);
            AnsiConsole.Write(table);
        }
    }

    private static void Measure(Table table, int items)
    {
        Recommender recommender = Catalogue.Create(items).Recommender;
        recommender = recommender.WithMetadata(Metadata([.. recommender.Items]));
        ItemCondition tenth = new() { Column = "kind", In = ["kind-3", "kind-14", "kind-25"] },
            hundredth = new() { Column = "price", Min = 0, Max = 0 },
            recent = new() { Column = "released", From = FirstDay.AddDays(270) },
            tagged = new() { Column = "tags", In = ["tag-1", "tag-2"] };
        var plain = new RecommendationRequest { Count = Count };
        (string What, RecommendationRequest Request)[] rows =
        [
            ("plain", plain),
            ("filter that a tenth meets", plain with { Where = [tenth] }),
            ("filter that a hundredth meets", plain with { Where = [hundredth] }),
            ("filter that nothing meets", plain with { Where = [hundredth, new() { Column = "kind", In = [] }] }),
            ("boost of 0.5 to a tenth", plain with { Boosts = [new() { Where = tenth, Weight = 0.5 }] }),
            ("boosts of 5 and of -5", plain with
            {
                Boosts = [new() { Where = recent, Weight = 5 }, new() { Where = tagged, Weight = -5 }],
            }),
            ("at most 2 of a category", plain with { Quotas = [new() { Column = "kind", Max = 2 }] }),
            ("diversity, pool of 200", plain with { Diversity = new Diversity() }),
            ("diversity, pool of 1,000", plain with { Diversity = new Diversity(), Pool = 1000 }),
            ("exploration, pool of 200", plain with { Exploration = new Exploration() }),
            ("a boost, quotas and diversity", plain with
            {
                Boosts = [new() { Where = tenth, Weight = 0.5 }],
                Quotas = [new() { Column = "kind", Max = 2 }],
                Diversity = new Diversity(),
            }),
            ("these, exploration and a filter", plain with
            {
                Where = [recent],
                Boosts = [new() { Where = tenth, Weight = 0.5 }],
                Quotas = [new() { Column = "kind", Max = 2 }],
                Diversity = new Diversity(),
                Exploration = new Exploration(),
            }),
        ];

        // Call by call in turn, so that whatever else the machine does meets all of them alike.
        var times = new Times[rows.Length];
        double[][] all = [.. rows.Select(_ => new double[Calls])];
        Clock.Measure(Calls, n => recommender.Recommend(rows[n % rows.Length].Request with { UserId = $"user{n % 1000}" }));
        for (int n = 0; n < Calls; n++)
        {
            for (int row = 0; row < rows.Length; row++)
            {
                RecommendationRequest request = rows[row].Request with { UserId = $"user{n % 1000}" };
                long start = System.Diagnostics.Stopwatch.GetTimestamp();
                recommender.Recommend(request);
                all[row][n] = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        for (int row = 0; row < rows.Length; row++)
        {
            Array.Sort(all[row]);
            times[row] = new Times(all[row][Calls / 2], all[row][0]);
            string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
            table.AddRow($"{items.ToString("N0", CultureInfo.InvariantCulture)} items: {rows[row].What}", Number(times[row].Median),
                Number(times[row].Fastest), Number(times[row].Median - times[0].Median), Number(times[row].Fastest - times[0].Fastest));
        }
    }

    private static ItemMetadata Metadata(string[] ids) => ItemMetadata.Of(ids,
        MetadataColumn.Category("kind", [.. ids.Select((_, n) => n % 31 == 30 ? null : $"kind-{n % 31}")]),
        MetadataColumn.Categories("tags", [.. ids
            .Select((_, n) => Enumerable.Range(0, n % 4).Select(t => $"tag-{(n + t) % 20}").ToArray())]),
        MetadataColumn.Number("price", [.. ids.Select((_, n) => (double?)(n * 37L % 100))]),
        MetadataColumn.Date("released", [.. ids.Select((_, n) => (DateTimeOffset?)FirstDay.AddDays(n % 300))]),
        MetadataColumn.Text("title", [.. ids.Select(id => $"The title of {id}")]));
}
