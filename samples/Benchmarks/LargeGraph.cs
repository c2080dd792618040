using DRepMRec.Data;

namespace Benchmarks;

/// <summary>
/// Datasets of any size, made quickly: popularity and activity with long tails, users who keep to a part of the catalogue.
/// </summary>
internal static class LargeGraph
{
    public static RecDataset Create(int users, int items, int interactions)
    {
        var random = new Random(2024);
        var pairs = new HashSet<(int User, int Item)>(interactions);
        int Skewed(int bound, double power) => Math.Min(bound - 1, (int)(bound * Math.Pow(random.NextDouble(), power)));
        while (pairs.Count < interactions)
        {
            int user = Skewed(users, 1.6), item = Skewed(items, 2.2);

            // Two thirds of a user's choices are from a part of the catalogue that belongs to the user.
            if (random.NextDouble() < 0.67)
                item = (int)((((long)user * 2_654_435_761L) + Skewed(Math.Min(items, 400), 2.0)) % items);
            pairs.Add((user, item));
        }

        var userIds = new IdMap(Enumerable.Range(0, users).Select(u => $"u{u}"));
        var itemIds = new IdMap(Enumerable.Range(0, items).Select(i => $"i{i}"));
        InteractionSet train = new(users, items, pairs), none = new(users, items, []);
        return new RecDataset("large", userIds, itemIds, new InteractionSplits(train, none, none), []);
    }

    /// <summary>Rows around many centres, as features of real items are.</summary>
    public static float[] Features(int count, int dimension)
    {
        const int Centres = 400;
        var random = new Random(7);
        float[] centres = [.. Enumerable.Range(0, Centres * dimension).Select(_ => (2 * random.NextSingle()) - 1)];
        float[] rows = new float[count * dimension];
        for (int row = 0; row < count; row++)
        {
            int centre = random.Next(Centres) * dimension;
            for (int d = 0; d < dimension; d++)
                rows[(row * dimension) + d] = centres[centre + d] + (1.5f * ((2 * random.NextSingle()) - 1));
        }

        return rows;
    }
}
