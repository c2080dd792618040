namespace Benchmarks.Serving;

/// <summary>Top-K as one writes it first: a dot product per item and a sort.</summary>
internal static class PlainLoop
{
    public static (float Score, int Item)[] Top(float[] items, ReadOnlySpan<float> user, int count)
    {
        var queue = new PriorityQueue<int, float>();
        for (int item = 0; item < items.Length / user.Length; item++)
        {
            ReadOnlySpan<float> row = items.AsSpan(item * user.Length, user.Length);
            float score = 0;
            for (int d = 0; d < row.Length; d++)
                score += row[d] * user[d];
            if (queue.Count < count)
                queue.Enqueue(item, score);
            else
                queue.EnqueueDequeue(item, score);
        }

        var top = new (float, int)[queue.Count];
        for (int n = top.Length - 1; n >= 0; n--)
        {
            queue.TryDequeue(out int item, out float score);
            top[n] = (score, item);
        }

        return top;
    }
}
