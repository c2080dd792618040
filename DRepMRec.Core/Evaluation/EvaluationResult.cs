using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DRepMRec.Evaluation;

/// <summary>The figures of one evaluation, with the protocol they were measured under.</summary>
/// <remarks>Immutable and safe for use by many threads.</remarks>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed class EvaluationResult
{
    [JsonConstructor]
    internal EvaluationResult(
        EvaluationProtocol protocol, GroupResult all, GroupResult? coldItems, GroupResult? coldItemsAmongCold,
        IReadOnlyList<int> evaluatedUsers, IReadOnlyList<string> userIds, IReadOnlyDictionary<RankingMetric, double[]> valuesPerUser,
        double itemCoverage, IReadOnlyDictionary<ListMetric, double> listMetrics, TimeSpan elapsed)
    {
        if (userIds.Count != evaluatedUsers.Count || valuesPerUser.Values.Any(values => values.Length != evaluatedUsers.Count))
            throw new JsonException($"Expected an id and a value of each metric for each of {evaluatedUsers.Count} evaluated users.");
        Protocol = protocol;
        All = all;
        ColdItems = coldItems;
        ColdItemsAmongCold = coldItemsAmongCold;
        EvaluatedUsers = evaluatedUsers;
        UserIds = userIds;
        ValuesPerUser = valuesPerUser;
        ItemCoverage = itemCoverage;
        ListMetrics = listMetrics;
        Elapsed = elapsed;
    }

    /// <summary>The protocol that the figures were measured under.</summary>
    public EvaluationProtocol Protocol { get; }

    /// <summary>The figures over all evaluated users.</summary>
    public GroupResult All { get; }

    /// <summary>The figures for positives that are cold items, ranked among all items; <see langword="null"/> if there are none.</summary>
    public GroupResult? ColdItems { get; }

    /// <summary>The figures for positives that are cold items, ranked among cold items only.</summary>
    public GroupResult? ColdItemsAmongCold { get; }

    /// <summary>The averages over all evaluated users.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<RankingMetric, double> Metrics => All.Metrics;

    /// <summary>The evaluated users' indices, ascending; none in the epochs of a training's history other than the best.</summary>
    public IReadOnlyList<int> EvaluatedUsers { get; }

    /// <summary>The raw ids of <see cref="EvaluatedUsers"/>.</summary>
    [JsonInclude]
    internal IReadOnlyList<string> UserIds { get; }

    /// <summary>The metrics of <see cref="EvaluatedUsers"/>.</summary>
    [JsonInclude]
    internal IReadOnlyDictionary<RankingMetric, double[]> ValuesPerUser { get; }

    /// <summary>The share of all items that are in some user's top K, at the largest K.</summary>
    public double ItemCoverage { get; }

    /// <summary>What the lists are like, by metric; empty where <see cref="EvaluationOptions.ListMetrics"/> was.</summary>
    public IReadOnlyDictionary<ListMetric, double> ListMetrics { get; }

    /// <summary>The time that the evaluation took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>The average of a metric over all evaluated users.</summary>
    /// <param name="metric">One of the evaluated metrics.</param>
    /// <exception cref="KeyNotFoundException">The metric wasn't evaluated.</exception>
    public double this[RankingMetric metric] => All[metric];

    /// <summary>What the lists are like by a metric.</summary>
    /// <param name="metric">One of the evaluated metrics.</param>
    /// <exception cref="KeyNotFoundException">The metric wasn't evaluated.</exception>
    public double this[ListMetric metric] => ListMetrics.TryGetValue(metric, out double value) ? value
        : metric is not null
            && ListMetrics.FirstOrDefault(m => m.Key is NamedListMetric && m.Key.ToString() == metric.ToString()) is { Key: not null } named
            ? named.Value
        : throw new KeyNotFoundException($"{metric} wasn't evaluated; there are {string.Join(", ", ListMetrics.Keys)}.");

    /// <summary>A metric of each evaluated user, in the order of <see cref="EvaluatedUsers"/>.</summary>
    /// <param name="metric">One of the evaluated metrics.</param>
    /// <exception cref="KeyNotFoundException">The metric wasn't evaluated.</exception>
    /// <exception cref="InvalidOperationException">It is of an epoch that isn't the training's best: only averages are kept.</exception>
    public IReadOnlyList<double> PerUser(RankingMetric metric)
    {
        if (EvaluatedUsers.Count == 0)
            throw new InvalidOperationException("The values per user weren't kept: of a training's epochs the best one has them.");
        return ValuesPerUser.TryGetValue(metric, out double[]? values) ? values
            : throw new KeyNotFoundException($"{metric} wasn't evaluated; there are {string.Join(", ", ValuesPerUser.Keys)}.");
    }

    /// <summary>A copy without the values per user, whose memory would grow with each epoch of a training.</summary>
    internal EvaluationResult WithoutUsers()
        => new(Protocol, All, ColdItems, ColdItemsAmongCold, [], [], new Dictionary<RankingMetric, double[]>(), ItemCoverage,
            ListMetrics, Elapsed);

    /// <summary>The protocol and the figures as indented JSON, without the values per user.</summary>
    public string ToJson()
        => JsonSerializer.Serialize(EvaluationReport.Of(this), EvaluationJson.Default.EvaluationReport);

    /// <summary>The protocol and the figures as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().AppendLine(Protocol.ToString());
        void Line(string name, GroupResult? group)
        {
            if (group is not null)
            {
                IEnumerable<string> figures =
                    group.Metrics.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key} {m.Value:F4}"));
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"{name} ({group.Users} users, {group.Positives} positives): {string.Join("  ", figures)}");
            }
        }

        Line("all", All);
        Line("cold items", ColdItems);
        Line("cold items among cold items", ColdItemsAmongCold);
        text.Append(CultureInfo.InvariantCulture, $"item coverage {ItemCoverage:F4}");
        foreach (var (metric, value) in ListMetrics)
            text.Append(CultureInfo.InvariantCulture, $"  {metric} {value:F4}");
        return text.ToString();
    }
}
