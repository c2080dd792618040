using DRepMRec.Graphs;
using DRepMRec.Losses;

namespace DRepMRec.Encoders;

/// <summary>The matrix [users of a batch, I] whose rows average the items of a user, without building a graph: what <see cref="InteractionGraph.UserMeans"/> has, for a batch's rows.</summary>
internal static class BatchHistory
{
    /// <param name="graph">The user-item graph.</param>
    /// <param name="rows">The rows of the batch.</param>
    /// <param name="hideTargets">Whether the interactions of the batch are left out, as <see cref="InteractionGraph.Without"/> does.</param>
    public static CsrMatrix UserMeans(InteractionGraph graph, BatchRows rows, bool hideTargets)
    {
        int[] users = rows.Users, offsets = new int[users.Length + 1];
        var columns = new int[users.Sum(graph.UserDegree)];
        var values = new float[columns.Length];
        int[] hiddenFor = new int[graph.ItemCount], hidden = hideTargets ? TargetsByUser(rows, offsets) : [];
        int next = 0, firstTarget = 0;
        for (int n = 0; n < users.Length; n++)
        {
            int lastTarget = hideTargets ? offsets[n + 1] : 0, start = next;
            foreach (int item in hidden.AsSpan(firstTarget..lastTarget))
                hiddenFor[item] = n + 1;
            foreach (int item in graph.Interactions.ItemsOf(users[n]))
            {
                columns[next] = item;
                next += hiddenFor[item] == n + 1 ? 0 : 1;
            }

            values.AsSpan(start..next).Fill(1f / Math.Max(1, next - start));
            offsets[n + 1] = next;
            firstTarget = lastTarget;
        }

        return new CsrMatrix(users.Length, graph.ItemCount, offsets, columns[..next], values[..next]);
    }

    /// <summary>The positives of the batch, user by user; <paramref name="offsets"/> tells where each user's begin.</summary>
    private static int[] TargetsByUser(BatchRows rows, int[] offsets)
    {
        ReadOnlySpan<int> places = rows.Local.UserIndices, positives = rows.Whole.PositiveIndices;
        foreach (int place in places)
            offsets[place + 1]++;
        for (int n = 0; n < rows.Users.Length; n++)
            offsets[n + 1] += offsets[n];
        int[] next = offsets[..^1], targets = new int[places.Length];
        for (int b = 0; b < places.Length; b++)
            targets[next[places[b]]++] = positives[b];
        return targets;
    }
}
