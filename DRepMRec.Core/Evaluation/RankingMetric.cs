using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using DRepMRec.Serialization;

namespace DRepMRec.Evaluation;

/// <summary>The kinds of ranking metrics.</summary>
[JsonConverter(typeof(EnumNameConverter<RankingMetricKind>))]
public enum RankingMetricKind
{
    /// <summary>The share of the user's positives that are in the top K.</summary>
    Recall,

    /// <summary>Discounted cumulative gain, hits at rank r counting 1 / log2(r + 1), over that of min(K, positives) hits first.</summary>
    Ndcg,

    /// <summary>The share of the top K that are positives: hits / K.</summary>
    Precision,

    /// <summary>Average precision: the precision at the rank of each hit, summed and divided by min(K, positives).</summary>
    Map,

    /// <summary>The reciprocal rank of the first hit, 0 without one.</summary>
    Mrr,

    /// <summary>1 with a hit in the top K, 0 without one.</summary>
    HitRate,
}

/// <summary>A ranking metric at a cut-off K, computed per user and averaged over users.</summary>
/// <example><code>double recall = result[RankingMetric.Recall(20)];</code></example>
[JsonConverter(typeof(ParsableConverter<RankingMetric>))]
public readonly record struct RankingMetric : IParsable<RankingMetric>
{
    // The gain of the best ranking with n hits, for the usual n.
    private static readonly double[] IdealGains = SumDiscounts(100);

    private RankingMetric(RankingMetricKind kind, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        Kind = kind;
        K = k;
    }

    /// <summary>The kind.</summary>
    public RankingMetricKind Kind { get; }

    /// <summary>The cut-off K.</summary>
    public int K { get; }

    /// <inheritdoc cref="RankingMetricKind.Recall"/>
    /// <param name="k">The cut-off K, at least 1.</param>
    public static RankingMetric Recall(int k) => new(RankingMetricKind.Recall, k);

    /// <inheritdoc cref="RankingMetricKind.Ndcg"/>
    /// <param name="k">The cut-off K, at least 1.</param>
    public static RankingMetric Ndcg(int k) => new(RankingMetricKind.Ndcg, k);

    /// <inheritdoc cref="RankingMetricKind.Precision"/>
    /// <param name="k">The cut-off K, at least 1.</param>
    public static RankingMetric Precision(int k) => new(RankingMetricKind.Precision, k);

    /// <inheritdoc cref="RankingMetricKind.Map"/>
    /// <param name="k">The cut-off K, at least 1.</param>
    public static RankingMetric Map(int k) => new(RankingMetricKind.Map, k);

    /// <inheritdoc cref="RankingMetricKind.Mrr"/>
    /// <param name="k">The cut-off K, at least 1.</param>
    public static RankingMetric Mrr(int k) => new(RankingMetricKind.Mrr, k);

    /// <inheritdoc cref="RankingMetricKind.HitRate"/>
    /// <param name="k">The cut-off K, at least 1.</param>
    public static RankingMetric HitRate(int k) => new(RankingMetricKind.HitRate, k);

    /// <summary>Reads a name as <see cref="ToString"/> writes it, such as "Recall@20" or "NDCG@10"; case doesn't matter.</summary>
    /// <param name="text">The name.</param>
    /// <exception cref="FormatException">It isn't such a name.</exception>
    public static RankingMetric Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = text.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int k) && k > 0)
        {
            foreach (RankingMetricKind kind in Enum.GetValues<RankingMetricKind>())
            {
                // Compared as a whole: the parsers of names and numbers let more through than is ever written.
                var metric = new RankingMetric(kind, k);
                if (text.Equals(metric.ToString(), StringComparison.OrdinalIgnoreCase))
                    return metric;
            }
        }

        string kinds = string.Join(", ", Enum.GetNames<RankingMetricKind>());
        throw new FormatException($"Expected a metric such as 'Recall@20' ({kinds}), got {Internals.Shown.Text(text)}.");
    }

    static RankingMetric IParsable<RankingMetric>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<RankingMetric>.TryParse(string? s, IFormatProvider? provider, out RankingMetric result)
    {
        try
        {
            result = s is null ? default : Parse(s);
            return s is not null;
        }
        catch (FormatException)
        {
            result = default;
            return false;
        }
    }

    /// <summary>Refuses metrics that nothing made, whose cut-off is 0.</summary>
    internal static IReadOnlyList<RankingMetric> RequireCutOffs(IReadOnlyList<RankingMetric> metrics, [CallerMemberName] string name = "")
        => metrics.All(metric => metric.K > 0) ? metrics
            : throw new ArgumentException($"{name} must have a cut-off of at least 1 each; got {Internals.Shown.List(metrics)}.", name);

    /// <inheritdoc/>
    public override string ToString()
    {
        bool isAcronym = Kind is RankingMetricKind.Ndcg or RankingMetricKind.Map or RankingMetricKind.Mrr;
        string name = isAcronym ? Kind.ToString().ToUpperInvariant() : Kind.ToString();
        return $"{name}@{K.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>The metric of one user.</summary>
    /// <param name="hits">For each rank from 1, whether its item is a positive; at least min(K, candidates) ranks.</param>
    /// <param name="positives">The number of the user's positives, at least 1.</param>
    internal double Compute(ReadOnlySpan<bool> hits, int positives)
    {
        int found = 0;
        double gain = 0, precisions = 0, firstRank = 0;
        for (int rank = 1; rank <= Math.Min(K, hits.Length); rank++)
        {
            if (!hits[rank - 1])
                continue;
            found++;
            gain += 1 / Math.Log2(rank + 1);
            precisions += (double)found / rank;
            firstRank = firstRank == 0 ? rank : firstRank;
        }

        int best = Math.Min(K, positives);
        return Kind switch
        {
            RankingMetricKind.Recall => (double)found / positives,
            RankingMetricKind.Ndcg => gain / IdealGain(best),
            RankingMetricKind.Precision => (double)found / K,
            RankingMetricKind.Map => precisions / best,
            RankingMetricKind.Mrr => firstRank == 0 ? 0 : 1 / firstRank,
            _ => found > 0 ? 1 : 0,
        };
    }

    private static double IdealGain(int hits)
    {
        if (hits < IdealGains.Length)
            return IdealGains[hits];
        double sum = IdealGains[^1];
        for (int rank = IdealGains.Length; rank <= hits; rank++)
            sum += 1 / Math.Log2(rank + 1);
        return sum;
    }

    private static double[] SumDiscounts(int count)
    {
        var sums = new double[count + 1];
        for (int rank = 1; rank <= count; rank++)
            sums[rank] = sums[rank - 1] + (1 / Math.Log2(rank + 1));
        return sums;
    }
}
