using System.Globalization;

namespace WebShop.MadeUpShop;

/// <summary>
/// A year of orders: each customer likes two categories, a colour and a print, and buys what's used up again. Rows are as a till, a web
/// shop and a clerk wrote them.
/// </summary>
internal static class OrderBook
{
    private const int Customers = 360;

    private static readonly string[] FirstNames =
    [
        "ada", "björn", "chloé", "dario", "emil", "fatima", "günter", "hana", "ivo", "june", "kofi", "łucja", "mei", "nils", "olga", "pia",
    ];

    private static readonly DateTime FirstDay = new(2025, 1, 2, 7, 0, 0, DateTimeKind.Utc);

    public static IEnumerable<string> Make(Random random, IReadOnlyList<Product> products)
    {
        double[] popularity = [.. products.Select((p, n) => p.IsNew ? 0 : 1 / Math.Pow(5 + random.Next(products.Count), 0.7))];
        string[] categories = [.. Motif.All.Select(m => m.Category).Distinct()];
        var rows = new List<(DateTime At, string Row)>();
        for (int n = 0; n < Customers; n++)
        {
            string customer = $"{FirstNames[n % FirstNames.Length]}-{(n / FirstNames.Length) + 1}";
            random.Shuffle(categories);
            Look look = Look.All[random.Next(Look.All.Count)];
            Pattern pattern = (Pattern)random.Next(3);
            double[] weights =
            [
                .. products.Select((p, i) => popularity[i]
                    * (p.Motif.Category == categories[0] ? 14 : p.Motif.Category == categories[1] ? 6 : 0.4)
                    * (p.Look == look ? 5 : 1) * (p.Pattern == pattern ? 2.5 : 1)),
            ];
            foreach (int product in Choose(random, weights, 5 + random.Next(9)))
                rows.AddRange(Buy(random, customer, products[product]));
        }

        return rows.OrderBy(r => r.At).Select(r => r.Row).Concat(Oddities(products));
    }

    /// <summary>Rows that every real file has: guests, returns, vouchers, products that aren't listed any more.</summary>
    private static IEnumerable<string> Oddities(IReadOnlyList<Product> products)
    {
        for (int n = 0; n < 24; n++)
            yield return $",{products[n].Id},2025-12-{n + 1:D2}T12:00:00Z,1";
        for (int n = 0; n < 9; n++)
            yield return $"hana-{n + 1},{products[n * 5].Id},2025-12-30T09:15:00Z,-1";
        for (int n = 0; n < 14; n++)
            yield return $"ivo-{n + 1},gift-card,2025-12-23T18:0{n % 10}:00Z,1";
        for (int n = 0; n < 6; n++)
            yield return $"olga-{n + 1},\"9{n:D3}\",2025-11-2{n}T10:00:00Z,1";
        yield return "mei-3,,2025-12-31T10:00:00Z,1";
    }

    private static IEnumerable<(DateTime At, string Row)> Buy(Random random, string customer, Product product)
    {
        int times = product.Motif.IsUsedUp ? 1 + random.Next(4) : 1;
        for (int n = 0; n < times; n++)
        {
            DateTime at = FirstDay.AddMinutes(random.Next(360 * 24 * 60));
            int quantity = product.Motif.IsUsedUp ? 1 + random.Next(3) : 1;
            yield return (at, $"{customer},{product.Id},{Written(random, at)},{quantity}");
        }
    }

    private static string Written(Random random, DateTime at) => random.Next(10) switch
    {
        0 => at.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'+01:00'", CultureInfo.InvariantCulture),
        1 => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        2 => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    private static IEnumerable<int> Choose(Random random, double[] weights, int count)
    {
        for (; count > 0; count--)
        {
            double left = random.NextDouble() * weights.Sum();
            int chosen = 0;
            while (chosen < weights.Length - 1 && (left -= weights[chosen]) >= 0)
                chosen++;
            weights[chosen] = 0;
            yield return chosen;
        }
    }
}
