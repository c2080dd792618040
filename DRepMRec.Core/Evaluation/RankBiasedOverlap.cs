namespace DRepMRec.Evaluation;

/// <summary>How alike two rankings are, with more weight on what is on top.</summary>
/// <remarks>Webber, Moffat, Zobel: A similarity measure for indefinite rankings. ACM TOIS 28(4), 2010.</remarks>
public static class RankBiasedOverlap
{
    /// <summary>The persistence that is usual: the first ten ranks have 86 % of the weight.</summary>
    public const double UsualPersistence = 0.9;

    /// <summary>
    /// The extrapolated rank-biased overlap, RBO_EXT of equation (32): a reader who goes on from each rank to the next with probability p
    /// finds the mean overlap of the two rankings so far; what lies beyond the shorter and the longer one is taken to agree as much as what
    /// there is.
    /// </summary>
    /// <param name="first">The best first, each once.</param>
    /// <param name="second">The best first, each once; of any length.</param>
    /// <param name="persistence">p, above 0 and below 1. The default is 0.9.</param>
    /// <returns>1 for the same rankings, also for two empty ones, to 0 for rankings that share nothing.</returns>
    /// <exception cref="ArgumentException">Something occurs twice in a ranking.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="persistence"/> isn't between 0 and 1.</exception>
    public static double Extrapolated<T>(IReadOnlyList<T> first, IReadOnlyList<T> second, double persistence = UsualPersistence)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (persistence is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(persistence), persistence, "Expected a persistence above 0 and below 1.");
        }

        var (shorter, longer) = first.Count <= second.Count ? (first, second) : (second, first);
        if (shorter.Count == 0)
            return longer.Count == 0 ? 1 : 0;
        HashSet<T> seenShorter = [], seenLonger = [];
        int common = 0, commonOfShorter = 0;
        double power = 1, sum = 0;
        for (int depth = 1; depth <= longer.Count; depth++)
        {
            common += Added(longer, depth, seenLonger, seenShorter);
            if (depth <= shorter.Count)
            {
                common += Added(shorter, depth, seenShorter, seenLonger);
                commonOfShorter = common;
            }

            double beyond = depth <= shorter.Count ? 0
                : commonOfShorter * (double)(depth - shorter.Count) / ((double)shorter.Count * depth);
            sum += ((common / (double)depth) + beyond) * power;
            power *= persistence;
        }

        double extrapolated = ((common - commonOfShorter) / (double)longer.Count) + (commonOfShorter / (double)shorter.Count);
        return Math.Min(1, ((1 - persistence) * sum) + (extrapolated * power));
    }

    /// <summary>1 if what stands at this depth was in the other ranking so far.</summary>
    private static int Added<T>(IReadOnlyList<T> ranking, int depth, HashSet<T> own, HashSet<T> others)
    {
        T entry = ranking[depth - 1];
        if (!own.Add(entry))
            throw new ArgumentException($"'{entry}' occurs twice in a ranking.", nameof(ranking));
        return others.Contains(entry) ? 1 : 0;
    }
}
