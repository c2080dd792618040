using DRepMRec.ItemToItem;

namespace DRepMRec.Serving;

/// <summary>How popular the items of a file are; made when asked for, shared by all snapshots.</summary>
/// <param name="degrees">The number of users of each item.</param>
internal sealed class PopularityOrder(Block<int> degrees)
{
    private int[]? _order;
    private float[]? _popularity;

    /// <summary>The items by numbers of users, most first, ties in order.</summary>
    public ReadOnlySpan<int> Items => LazyInitializer.EnsureInitialized(ref _order, Sort);

    /// <summary>By how much each item is more popular than the mean.</summary>
    public float[] Popularity => LazyInitializer.EnsureInitialized(ref _popularity, Measure);

    private float[] Measure()
    {
        float[] popularity = ItemPopularity.Of(degrees.Slice(0, degrees.Length));
        GC.KeepAlive(degrees);
        return popularity;
    }

    private int[] Sort()
    {
        var keys = new long[degrees.Length];
        for (int item = 0; item < keys.Length; item++)
            keys[item] = ((long)-degrees[item] << 32) | (uint)item;
        Array.Sort(keys);
        GC.KeepAlive(degrees);
        return Array.ConvertAll(keys, key => (int)key);
    }
}
