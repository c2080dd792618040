namespace DRepMRec.Data;

/// <summary>From rows with a part each to the three sets.</summary>
internal static class SplitGathering
{
    /// <summary>The interactions of one part.</summary>
    /// <param name="log">The interactions, each pair once.</param>
    /// <param name="parts">The part of each row.</param>
    /// <param name="part">The part that is gathered.</param>
    /// <param name="users">The index of each user's number.</param>
    /// <param name="items">The index of each item's number.</param>
    public static InteractionSet Gather(InteractionLog log, SplitPart[] parts, SplitPart part, int[] users, int[] items)
    {
        RawRows rows = log.Rows;
        var offsets = new int[users.Length + 1];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] == part)
                offsets[users[rows[i].User] + 1]++;
        }

        for (int u = 0; u < users.Length; u++)
            offsets[u + 1] += offsets[u];
        int[] next = offsets[..^1];
        var gathered = new int[offsets[^1]];
        float[]? weights = log.HasWeights ? new float[gathered.Length] : null;
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] != part)
                continue;
            ref RawInteraction row = ref rows[i];
            int at = next[users[row.User]]++;
            gathered[at] = items[row.Item];
            if (weights is not null)
                weights[at] = row.Weight;
        }

        return InteractionSet.Adopt(users.Length, items.Length, offsets, gathered, weights);
    }
}
