namespace DRepMRec.ItemToItem;

/// <summary>
/// By how much items are more popular than the mean: log(1 + |N_i|) / log(1 + max |N_j|) less its mean over items that somebody has; 0 for
/// items that nobody has, of whose popularity nothing is known, and for all where all that somebody has are as popular.
/// </summary>
internal static class ItemPopularity
{
    /// <param name="users">The number of users of each item.</param>
    public static float[] Of(ReadOnlySpan<int> users)
    {
        double most = 0, sum = 0;
        int known = 0, fewest = int.MaxValue, highest = 0;
        foreach (int count in users)
        {
            most = Math.Max(most, Math.Log(1 + count));
            sum += Math.Log(1 + count);
            known += count > 0 ? 1 : 0;
            (fewest, highest) = (count > 0 ? Math.Min(fewest, count) : fewest, Math.Max(highest, count));
        }

        var popularity = new float[users.Length];
        if (fewest >= highest)
            return popularity; // What rounding leaves of a difference isn't one.
        for (int item = 0; item < users.Length; item++)
            popularity[item] = users[item] > 0 ? (float)((Math.Log(1 + users[item]) - (sum / known)) / most) : 0;
        return popularity;
    }
}
