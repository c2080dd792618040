using DRepMRec.Data;
using DRepMRec.Graphs;
using DRepMRec.Internals;

namespace DRepMRec.Tests.Support;

/// <summary>Small inputs whose right answers are known.</summary>
internal static class Samples
{
    /// <summary>Numbers from -1 to 1.</summary>
    public static float[] Floats(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    /// <summary>
    /// Even users like even items, odd users odd items;
    /// for each user one item of the same parity is held out for validation and one for test.
    /// </summary>
    public static RecDataset Checkerboard(int users, int items, bool features = true)
    {
        List<(int, int)> train = [], validation = [], test = [];
        for (int u = 0; u < users; u++)
        {
            int[] own = [.. Enumerable.Range(0, items).Where(i => i % 2 == u % 2)];
            int v = u / 2 % own.Length, t = ((u / 2) + 1) % own.Length;
            for (int n = 0; n < own.Length; n++)
                (n == v ? validation : n == t ? test : train).Add((u, own[n]));
        }

        return Dataset("checkerboard", users, items, train, validation, test,
            features ? [Parity(Modality.Image, items, 6, 1), Parity(Modality.Text, items, 4, 2)] : []);
    }

    public static RecDataset Dataset(string name, int users, int items, List<(int, int)> train, List<(int, int)> validation,
        List<(int, int)> test, IReadOnlyList<ItemFeatures> features)
        => new(name, new IdMap(Enumerable.Range(0, users).Select(u => $"u{u}")), new IdMap(Enumerable.Range(0, items).Select(i => $"i{i}")),
            new InteractionSplits(new InteractionSet(users, items, train), new InteractionSet(users, items, validation),
                new InteractionSet(users, items, test)), features);

    public static InteractionGraph Graph(this RecDataset data) => new(data.Train);

    /// <summary>Features that tell even from odd items, with some noise.</summary>
    private static ItemFeatures Parity(Modality modality, int items, int dimension, ulong seed)
    {
        float[] values = Floats(items * dimension, seed);
        for (int i = 0; i < items; i++)
        {
            for (int d = 0; d < dimension; d++)
                values[(i * dimension) + d] = (0.3f * values[(i * dimension) + d]) + (i % 2 == d % 2 ? 1 : 0);
        }

        return new ItemFeatures(modality, items, dimension, values);
    }
}
