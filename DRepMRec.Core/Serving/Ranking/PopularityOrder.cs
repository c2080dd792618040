namespace DRepMRec.Serving;

/// <summary>The items of a file by numbers of users, most first, ties in order; made when asked for, shared by all snapshots.</summary>
/// <param name="degrees">The number of users of each item.</param>
internal sealed class PopularityOrder(Block<int> degrees)
{
    private int[]? _order;

    public ReadOnlySpan<int> Items => LazyInitializer.EnsureInitialized(ref _order, Sort);

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
