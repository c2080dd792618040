using System.Text.Json.Nodes;
using Common;
using DRepMRec;
using DRepMRec.Evaluation;

namespace SearchOptions;

/// <summary>One combination of values.</summary>
internal sealed class Setting
{
    /// <summary>The metric that settings are compared by.</summary>
    public static readonly RankingMetric Metric = RankingMetric.Recall(20);

    private const string Host = "host", Model = "model.", Trainer = "trainer.";

    public Setting(IEnumerable<KeyValuePair<string, JsonNode?>> values)
    {
        Values = [.. values];
        Key = string.Join("; ", Values.Select(v => $"{v.Key}={v.Value?.ToJsonString() ?? "null"}"));
        HostName = Values.LastOrDefault(v => v.Key == Host).Value is not { } host ? Catalogue.Ours
            : host is JsonValue text && text.TryGetValue(out string? name) ? name
            : throw new ArgumentException($"Expected the name of a model as '{Host}', got {host.ToJsonString()}.");
        ModelOptions = OptionsJson.With(new DRepMRecOptions(), Under(Model));
        TrainerOptions = OptionsJson.With(new TrainerOptions(), Under(Trainer));
        if (Values.FirstOrDefault(v => v.Key != Host && !v.Key.StartsWith(Model, StringComparison.Ordinal)
            && !v.Key.StartsWith(Trainer, StringComparison.Ordinal)).Key is { } unknown)
        {
            throw new ArgumentException($"Expected paths that begin with '{Model}' or '{Trainer}', or '{Host}'; got '{unknown}'.");
        }

        if (Values.FirstOrDefault(v => OfCommandLine.ContainsKey(v.Key)).Key is { } given)
        {
            throw new ArgumentException(
                $"'{given}' does nothing here: every training has that of the command line, {OfCommandLine[given]}.");
        }

        // A training evaluates the metric that it stops by beside those that it is asked for.
        if (!TrainerOptions.Evaluation.Metrics.Append(TrainerOptions.StoppingMetric).Contains(Metric))
        {
            throw new ArgumentException($"Settings are compared by {Metric}: expected it in 'trainer.evaluation.metrics' or as "
                + $"'trainer.stoppingMetric'; got {string.Join(", ", TrainerOptions.Evaluation.Metrics)}.");
        }

        if (!Catalogue.IsTrained(HostName))
        {
            throw new ArgumentException($"'{HostName}' isn't a recommender that is trained; expected one of "
                + $"{string.Join(", ", Catalogue.Names.Where(Catalogue.IsTrained))}.");
        }

        if (HostName != Catalogue.Ours && Values.FirstOrDefault(v => OfLightGcn.Contains(v.Key)).Key is { } idle)
        {
            throw new ArgumentException(
                $"'{idle}' is of DRepMRec's own behaviour line: with the host {HostName} it does nothing. Leave it out.");
        }
    }

    // A host has its own options, which these would be passed over for in silence.
    private static readonly string[] OfLightGcn = ["model.layers", "model.embeddingDim"];

    private static readonly Dictionary<string, string> OfCommandLine = new()
    {
        ["trainer.maxEpochs"] = "--epochs",
        ["trainer.seed"] = "--seeds",
        ["model.seed"] = "--seeds",
        ["trainer.threads"] = "one thread, with --jobs trainings at once",
    };

    public IReadOnlyList<KeyValuePair<string, JsonNode?>> Values { get; }

    /// <summary>All values in one line, which tells one combination from another.</summary>
    public string Key { get; }

    public string HostName { get; }

    public DRepMRecOptions ModelOptions { get; }

    public TrainerOptions TrainerOptions { get; }

    public string Value(string path) => Values.Last(v => v.Key == path).Value?.ToJsonString() ?? "null";

    private IEnumerable<KeyValuePair<string, JsonNode?>> Under(string prefix)
        => Values.Where(v => v.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(v => new KeyValuePair<string, JsonNode?>(v.Key[prefix.Length..], v.Value));
}
