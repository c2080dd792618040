using DRepMRec.Data;

namespace ReproduceResults.Studies;

/// <summary>
/// A made-up shop of 1,000 to 2,000 orders. Shops differ in how many products, customers and categories they have, how much their best
/// sellers sell, how often customers buy what isn't to their taste, and whether there is content.
/// </summary>
/// <remarks>
/// A tenth of the orders is for validation. The test set is what the same customers would buy next, ten products each: so many that a
/// difference of 2 % isn't chance. Training knows nothing of it, nor of the tastes behind it.
/// </remarks>
internal sealed class SmallShop
{
    private const int TestPerCustomer = 10;
    private const double ValidationShare = 0.1;
    private const double FavouriteShare = 0.7;
    private const int FewestOrders = 2;
    private const int Features = 16;

    private readonly Random _random;
    private readonly double[] _appeal;
    private readonly int[] _categories;
    private readonly int[] _all;
    private readonly int[][] _ofCategory;
    private readonly double _noise;

    private SmallShop(int number)
    {
        _random = new Random(number);
        Orders = _random.Next(1000, 2001);
        Customers = (int)(Orders / Between(4, 9));
        Products = _random.Next(60, 401);
        int categories = _random.Next(4, 17);
        double skew = Between(0.3, 1.2);
        _noise = Between(0.1, 0.6);
        HasContent = number % 2 == 0;
        _all = [.. Enumerable.Range(0, Products)];
        _categories = [.. _all.Select(p => p < categories ? p : _random.Next(categories))];
        _ofCategory = [.. Enumerable.Range(0, categories).Select(c => _all.Where(p => _categories[p] == c).ToArray())];
        int[] ranks = [.. _all];
        _random.Shuffle(ranks);
        _appeal = [.. ranks.Select(rank => Math.Pow(rank + 1, -skew))];
    }

    private int Orders { get; }

    private int Customers { get; }

    private int Products { get; }

    private bool HasContent { get; }

    /// <summary>Makes the shop of a number: the same one each time.</summary>
    public static RecDataset Create(int number) => new SmallShop(number).Draw(number);

    private RecDataset Draw(int number)
    {
        List<(int, int)> train = [], validation = [], test = [];
        int[] counts = OrdersOfCustomers();
        for (int customer = 0; customer < Customers; customer++)
        {
            int first = _random.Next(_ofCategory.Length), second = _random.Next(_ofCategory.Length);
            var bought = new HashSet<int>();
            for (int n = 0; n < counts[customer]; n++)
            {
                if (Buy(first, second, bought) is { } product)
                    (n > 0 && _random.NextDouble() < ValidationShare ? validation : train).Add((customer, product));
            }

            for (int n = 0; n < TestPerCustomer; n++)
            {
                if (Buy(first, second, bought) is { } product)
                    test.Add((customer, product));
            }
        }

        InteractionSet Set(List<(int, int)> pairs) => new(Customers, Products, pairs);
        var splits = new InteractionSplits(Set(train), Set(validation), Set(test));
        IdMap Ids(string prefix, int count) => new(Enumerable.Range(0, count).Select(n => $"{prefix}-{n}"));
        ItemFeatures[] features = HasContent ? [Content()] : [];
        return new RecDataset($"shop {number}", Ids("customer", Customers), Ids("product", Products), splits, features);
    }

    /// <summary>Some buy much, most little; all together the shop's orders.</summary>
    private int[] OrdersOfCustomers()
    {
        double[] shares = [.. Enumerable.Range(0, Customers).Select(_ => -Math.Log(1 - _random.NextDouble()))];
        double rest = Orders - (FewestOrders * Customers), sum = shares.Sum();
        return [.. shares.Select(share => FewestOrders + (int)Math.Round(share / sum * rest))];
    }

    private int? Buy(int first, int second, HashSet<int> bought)
    {
        int[] shelf = _random.NextDouble() < _noise ? _all : _ofCategory[_random.NextDouble() < FavouriteShare ? first : second];
        int[] left = [.. shelf.Where(product => !bought.Contains(product))];
        if (left.Length == 0)
            return null;
        double drawn = _random.NextDouble() * left.Sum(product => _appeal[product]);
        int chosen = left[^1];
        foreach (int product in left)
        {
            drawn -= _appeal[product];
            if (drawn < 0)
            {
                chosen = product;
                break;
            }
        }

        bought.Add(chosen);
        return chosen;
    }

    /// <summary>A text of each product, as numbers that point to its category among much else; one product in ten has none.</summary>
    private ItemFeatures Content()
    {
        float[][] centers = [.. _ofCategory.Select(_ => Normals(Features))];
        float[] values = [.. _categories.SelectMany(c => centers[c].Zip(Normals(Features), (center, other) => center + (1.5f * other)))];
        return new ItemFeatures(Modality.Text, Products, Features, values, [.. _all.Select(_ => _random.NextDouble() >= 0.1)]);
    }

    private float[] Normals(int count)
    {
        float Next() => (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));
        return [.. Enumerable.Range(0, count).Select(_ => Next())];
    }

    private double Between(double low, double high) => low + ((high - low) * _random.NextDouble());
}
