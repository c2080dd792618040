namespace DRepMRec.Serving;

/// <summary>
/// The items of a file by their numbers of users, most first, of equal ones the first first. Made when it's first asked for, and shared by
/// all snapshots of the file.
/// </summary>
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
