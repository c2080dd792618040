using System.Text.Json.Serialization;

namespace DRepMRec.Evaluation;

/// <summary>What <see cref="EvaluationResult.ToJson"/> writes.</summary>
internal sealed record EvaluationReport(
    EvaluationProtocol Protocol, GroupReport All, GroupReport? ColdItems, GroupReport? ColdItemsAmongCold, double ItemCoverage,
    Dictionary<string, double?>? ListMetrics, double Seconds)
{
    public static EvaluationReport Of(EvaluationResult result) => new(
        result.Protocol, GroupReport.Of(result.All)!, GroupReport.Of(result.ColdItems), GroupReport.Of(result.ColdItemsAmongCold),
        result.ItemCoverage,
        result.ListMetrics.ToDictionary(m => m.Key.ToString(), m => double.IsFinite(m.Value) ? m.Value : (double?)null),
        result.Elapsed.TotalSeconds);
}

/// <summary>The figures of a group, by the names of metrics.</summary>
internal sealed record GroupReport(int Users, int Positives, Dictionary<string, double> Metrics)
{
    public static GroupReport? Of(GroupResult? group) => group is null
        ? null
        : new(group.Users, group.Positives, group.Metrics.ToDictionary(m => m.Key.ToString(), m => m.Value));
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(EvaluationReport))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
