using DRepMRec.Graphs;
using DRepMRec.Losses;

namespace DRepMRec.Encoders;

/// <summary>The matrix [n, I] whose rows average the items of n users, as rows of <see cref="InteractionGraph.UserMeans"/> do.</summary>
internal static class BatchHistory
{
    /// <param name="graph">The user-item graph.</param>
    /// <param name="rows">Names the users.</param>
    /// <param name="hidden">A batch whose interactions are left out; <see langword="null"/> for none.</param>
    public static CsrMatrix UserMeans(InteractionGraph graph, RowSet rows, TrainingBatch? hidden)
    {
        ReadOnlySpan<int> users = rows.Users;
        int[] offsets = new int[users.Length + 1], targets = hidden is null ? [] : TargetsByUser(rows, hidden, offsets);
        int most = 0;
        foreach (int user in users)
            most += graph.UserDegree(user);
        var columns = new int[most];
        var values = new float[most];

        // For each item the row, counted from 1, that it is hidden for.
        var hiddenFor = new int[graph.ItemCount];
        int next = 0, firstTarget = 0;
        for (int row = 0; row < users.Length; row++)
        {
            int lastTarget = hidden is null ? 0 : offsets[row + 1], start = next;
            foreach (int item in targets.AsSpan(firstTarget..lastTarget))
                hiddenFor[item] = row + 1;
            ReadOnlySpan<int> own = graph.Interactions.ItemsOf(users[row]);
            ReadOnlySpan<float> confidences = graph.Interactions.ConfidencesOf(users[row]);
            double sum = 0;
            for (int n = 0; n < own.Length; n++)
            {
                columns[next] = own[n];
                if (hiddenFor[own[n]] == row + 1)
                    continue;
                values[next] = confidences.IsEmpty ? 1 : confidences[n];
                sum += values[next++];
            }

            foreach (ref float value in values.AsSpan(start..next))
                value = (float)(value / sum);
            offsets[row + 1] = next;
            firstTarget = lastTarget;
        }

        return new CsrMatrix(users.Length, graph.ItemCount, offsets, columns[..next], values[..next]) { IsOfOneStep = true };
    }

    /// <summary>The positives of the hidden interactions, user by user; <paramref name="offsets"/> tells where each user's begin.</summary>
    private static int[] TargetsByUser(RowSet rows, TrainingBatch hidden, int[] offsets)
    {
        int[] places = Places(rows, hidden);
        foreach (int place in places)
        {
            if (place >= 0)
                offsets[place + 1]++;
        }

        for (int row = 0; row < rows.Users.Length; row++)
            offsets[row + 1] += offsets[row];
        int[] next = offsets[..^1], targets = new int[offsets[^1]];
        for (int b = 0; b < places.Length; b++)
        {
            if (places[b] >= 0)
                targets[next[places[b]]++] = hidden.PositiveIndices[b];
        }

        return targets;
    }

    /// <summary>The row of each hidden interaction's user, or a negative number where the user has no row.</summary>
    private static int[] Places(RowSet rows, TrainingBatch hidden)
    {
        if (ReferenceEquals(hidden.Compact.Rows, rows))
            return hidden.Compact.Users.ToArray();
        int[] users = rows.Users.ToArray();
        return [.. hidden.UserIndices.ToArray().Select(user => Array.BinarySearch(users, user))];
    }
}
