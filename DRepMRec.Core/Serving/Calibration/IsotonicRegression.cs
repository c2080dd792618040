namespace DRepMRec.Serving;

/// <summary>The rising function of a score that is closest to hits and misses, by squares: pools adjacent violators.</summary>
internal static class IsotonicRegression
{
    /// <summary>The fewest scores of a group: the share of hits of fewer says little.</summary>
    public const int MinGroup = 100;

    /// <summary>Fits the function.</summary>
    /// <param name="scores">At least one.</param>
    /// <param name="hits">Whether each was one.</param>
    /// <param name="minGroup">The fewest scores of a group.</param>
    /// <returns>The mean score of each group, ascending, and the share of hits that it stands for.</returns>
    public static (float[] Scores, float[] Probabilities) Fit(float[] scores, bool[] hits, int minGroup = MinGroup)
    {
        float[] sorted = [.. scores];
        bool[] outcomes = [.. hits];
        Array.Sort(sorted, outcomes);
        var blocks = new List<Block>();
        foreach (Block group in Groups(sorted, outcomes, minGroup))
        {
            Block block = group;
            while (blocks.Count > 0 && blocks[^1].Share >= block.Share)
            {
                block = blocks[^1] + block;
                blocks.RemoveAt(blocks.Count - 1);
            }

            blocks.Add(block);
        }

        return ([.. blocks.Select(b => (float)(b.Scores / b.Count))], [.. blocks.Select(b => (float)b.Share)]);
    }

    /// <summary>Neighbouring scores, equal ones together, so that sums are the same in any order of equal scores.</summary>
    private static IEnumerable<Block> Groups(float[] sorted, bool[] hits, int minGroup)
    {
        var group = new Block(0, 0, 0);
        for (int n = 0; n < sorted.Length; n++)
        {
            group += new Block(1, sorted[n], hits[n] ? 1 : 0);
            bool isWhole = group.Count >= minGroup && sorted.Length - n - 1 >= minGroup;
            if (n + 1 == sorted.Length || (isWhole && sorted[n + 1] != sorted[n]))
            {
                yield return group;
                group = new Block(0, 0, 0);
            }
        }
    }

    private readonly record struct Block(int Count, double Scores, int Hits)
    {
        public double Share => (double)Hits / Count;

        public static Block operator +(Block a, Block b) => new(a.Count + b.Count, a.Scores + b.Scores, a.Hits + b.Hits);
    }
}
