using System.Globalization;

namespace WebShop.MadeUpShop;

/// <summary>The products: each kind in some colours and prints, with titles by several hands.</summary>
internal static class ProductList
{
    /// <summary>The newest products, which nobody has ordered yet.</summary>
    private const int NewProducts = 12;

    public static IReadOnlyList<Product> Make(Random random)
    {
        var products = new List<Product>();
        foreach (Motif motif in Motif.All)
        {
            Look[] looks = [.. Look.All];
            random.Shuffle(looks);
            foreach (Look look in looks[..5])
            {
                Pattern pattern = (Pattern)Math.Max(0, random.Next(5) - 2);
                string material = motif.Materials[random.Next(motif.Materials.Length)];
                products.Add(new Product("", motif, look, pattern, Title(random, motif, look, pattern, material))
                {
                    Picture = $"{motif.Name.Replace(' ', '-')}-{look.Name}.png",
                    Price = random.Next(25) == 0 ? null : Math.Round(motif.Price * (0.8 + (0.4 * random.NextDouble())), 1),
                });
            }
        }

        Product[] listed = [.. products];
        random.Shuffle(listed);
        return
        [
            .. listed.Select((p, n) => p with
            {
                Id = (n + 17).ToString("D4", CultureInfo.InvariantCulture),
                IsNew = n >= listed.Length - NewProducts,
                Picture = n % 29 == 7 ? "" : n % 47 == 11 ? $"lost-{p.Picture}" : p.Picture,
            }),
        ];
    }

    private static string Title(Random random, Motif motif, Look look, Pattern pattern, string material)
    {
        string print = pattern == Pattern.Plain ? "" : pattern.ToString().ToLowerInvariant() + " ";
        string plain = $"{material} {motif.Name}, {print}{look.Name}";
        return random.Next(9) switch
        {
            0 => $"{Capital(motif.Name)} \"{Names[random.Next(Names.Length)]}\", {material.ToLowerInvariant()}, {print}{look.Name}",
            1 => $"{plain}\n({Remarks[random.Next(Remarks.Length)]})",
            2 => $"{Capital(look.Name)} {print}{motif.Name} ({material.ToLowerInvariant()})",
            3 => plain.ToUpperInvariant(),
            _ => plain,
        };
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static readonly string[] Names = ["Café", "Åland", "Señora", "Château", "Früh", "Good Morning"];

    private static readonly string[] Remarks = ["last season's colour", "made in Gmünd", "2nd choice", "gift-wrapped on request"];
}
