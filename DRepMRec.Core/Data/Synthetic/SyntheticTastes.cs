using DRepMRec.Internals;

namespace DRepMRec.Data;

/// <summary>The truth of a synthetic dataset: the cluster and style of each item, the likes of each user, and the cold items.</summary>
internal sealed class SyntheticTastes
{
    /// <summary>The number of styles within a cluster.</summary>
    public const int Styles = 3;

    private const ulong Purpose = 11;
    private const double SecondClusterShare = 0.5;

    public SyntheticTastes(SyntheticOptions options)
    {
        var random = new SeededRandom(options.Seed, Purpose);
        ItemClusters = new int[options.Items];
        ItemStyles = new int[options.Items];
        IsCold = new bool[options.Items];
        ClusterItems = [.. Enumerable.Range(0, options.Clusters).Select(_ => new List<int>())];
        int[] order = [.. Enumerable.Range(0, options.Items)];
        random.Shuffle(order.AsSpan());
        for (int n = 0; n < order.Length; n++)
        {
            // Two items for each cluster, then chance: clusters differ in size.
            int item = order[n];
            int cluster = n < 2 * options.Clusters ? n % options.Clusters : random.NextInt(options.Clusters);
            ItemClusters[item] = cluster;
            ItemStyles[item] = random.NextInt(Styles);
            ClusterItems[cluster].Add(item);
        }

        MarkCold(options, random);
        UserClusters = new int[options.Users][];
        UserStyles = new int[options.Users][];
        for (int u = 0; u < options.Users; u++)
        {
            int first = random.NextInt(options.Clusters);
            int second = random.NextInt(options.Clusters);
            bool both = random.NextDouble() < SecondClusterShare && second != first;
            UserClusters[u] = both ? [first, second] : [first];
            UserStyles[u] = both ? [random.NextInt(Styles), random.NextInt(Styles)] : [random.NextInt(Styles)];
        }
    }

    /// <summary>The cluster of each item.</summary>
    public int[] ItemClusters { get; }

    /// <summary>The style of each item within its cluster.</summary>
    public int[] ItemStyles { get; }

    /// <summary>Which items occur in no training interaction.</summary>
    public bool[] IsCold { get; }

    /// <summary>The items of each cluster, the most popular first.</summary>
    public List<int>[] ClusterItems { get; }

    /// <summary>The clusters that each user likes, the favourite first.</summary>
    public int[][] UserClusters { get; }

    /// <summary>The style that each user likes in each of these clusters.</summary>
    public int[][] UserStyles { get; }

    // Any place in the order of popularity may be cold, but the one that leads its cluster.
    private void MarkCold(SyntheticOptions options, SeededRandom random)
    {
        int[] candidates = [.. ClusterItems.SelectMany(items => items.Skip(1))];
        random.Shuffle(candidates.AsSpan());
        int count = Math.Min((int)Math.Round(options.Items * options.ColdItemShare), candidates.Length);
        foreach (int item in candidates.AsSpan(0, count))
            IsCold[item] = true;
    }
}
