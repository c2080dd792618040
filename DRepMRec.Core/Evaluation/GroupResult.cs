using System.Text.Json.Serialization;

namespace DRepMRec.Evaluation;

/// <summary>Metrics averaged over a group of users.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed class GroupResult
{
    [JsonConstructor]
    internal GroupResult(int users, int positives, IReadOnlyDictionary<RankingMetric, double> metrics)
        => (Users, Positives, Metrics) = (users, positives, metrics);

    /// <summary>The number of users in the group.</summary>
    public int Users { get; }

    /// <summary>The number of positives that count.</summary>
    public int Positives { get; }

    /// <summary>The averages.</summary>
    public IReadOnlyDictionary<RankingMetric, double> Metrics { get; }

    /// <summary>The average of a metric.</summary>
    /// <param name="metric">One of the evaluated metrics.</param>
    /// <exception cref="KeyNotFoundException">The metric wasn't evaluated.</exception>
    public double this[RankingMetric metric] => Metrics.TryGetValue(metric, out double value) ? value
        : throw new KeyNotFoundException($"{metric} wasn't evaluated; there are {string.Join(", ", Metrics.Keys)}.");
}
