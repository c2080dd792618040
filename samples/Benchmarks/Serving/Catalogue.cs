using DRepMRec.Data;
using DRepMRec.Serving;

namespace Benchmarks.Serving;

/// <summary>Random models of any size: for time it doesn't matter what the numbers are.</summary>
internal static class Catalogue
{
    private const int Dimension = 64;
    private const int Users = 1000;
    private const int HistoryLength = 20;

    public static Recommender Create(int items)
    {
        var random = new Random(1);
        var seen = new InteractionSet(Users, items, [.. Enumerable.Range(0, Users).SelectMany(u => Enumerable.Range(0, HistoryLength).Select(n => (u, (int)(((u * 7919L) + (n * 104729L)) % items))).Distinct())]);
        var manifest = new ModelManifest(ModelManifest.CurrentFormatVersion, "0", "random", "", Users, items, Dimension, new Dictionary<string, double>());
        string[] Ids(string prefix, int count) => [.. Enumerable.Range(0, count).Select(i => $"{prefix}{i}")];
        return new Recommender(ModelExport.Assemble(manifest, Ids("user", Users), Ids("item", items), Rows(Users, random), Rows(items, random), seen));
    }

    private static RowStore Rows(int count, Random random)
    {
        var values = new float[count * Dimension];
        for (int i = 0; i < values.Length; i++)
            values[i] = random.NextSingle() - 0.5f;
        return RowStore.Of(values, Dimension);
    }
}
