using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace DRepMRec.Serving;

/// <summary>How far the newest interactions are from what a model knows: what tells that it's time to refresh or to train.</summary>
/// <remarks>
/// Immutable. <see cref="Record"/> sets the gauges of <see cref="DRepMRecTelemetry"/>, and <see cref="ToMarkdown"/> writes a page.
/// </remarks>
public sealed record DriftReport
{
    [JsonConstructor]
    internal DriftReport()
    {
    }

    /// <summary>The number of interactions.</summary>
    public required int Interactions { get; init; }

    /// <summary>The share of interactions of users that the model doesn't know, from 0 to 1.</summary>
    public required double UnknownUserShare { get; init; }

    /// <summary>The share of interactions with items that aren't in the catalogue, from 0 to 1.</summary>
    public required double UnknownItemShare { get; init; }

    /// <summary>
    /// The total variation distance between the shares of known items in the model's interactions and in the newest: from 0, all alike, to
    /// 1, nothing in common. Few interactions spread by chance: compare with <see cref="PopularityShiftByChance"/>.
    /// </summary>
    public required double PopularityShift { get; init; }

    /// <summary>That distance for as many interactions drawn once from the model's own, by the seed.</summary>
    public required double PopularityShiftByChance { get; init; }

    /// <summary>
    /// The energy distance between the content of the items of the model's interactions and that of the newest, by modality: 0 for one
    /// distribution, above otherwise. Over the scaled features where the file has them, else over the modal rows. Empty without content.
    /// </summary>
    public required IReadOnlyDictionary<Modality, double> ContentShift { get; init; }

    /// <summary>The users who have a new item among the newest: those that <see cref="Quality"/> is a mean over.</summary>
    public required int Users { get; init; }

    /// <summary>The figures of the answers that these users would get; empty without any.</summary>
    public required IReadOnlyDictionary<RankingMetric, double> Quality { get; init; }

    /// <summary>Sets the gauges of drift for whoever listens.</summary>
    /// <param name="model">The name that the model is served by, as a tag.</param>
    public void Record(string model = "default") => DriftTelemetry.Record(this, model);

    /// <summary>The report as a table in Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder("| drift | value |\n| --- | --- |\n");
        void Row(string name, FormattableString value) => text.Append(CultureInfo.InvariantCulture, $"| {name} | ")
            .Append(FormattableString.Invariant(value)).Append(" |\n");
        Row("interactions", $"{Interactions}");
        Row("of unknown users", $"{100 * UnknownUserShare:F1} %");
        Row("with unknown items", $"{100 * UnknownItemShare:F1} %");
        Row("popularity shift", $"{PopularityShift:F4} ({PopularityShiftByChance:F4} by chance)");
        foreach (var (modality, distance) in ContentShift)
            Row($"content shift, {modality}", $"{distance:F4}");
        foreach (var (metric, value) in Quality)
            Row($"{metric} of {Users} users", $"{value:F4}");
        return text.ToString();
    }
}
