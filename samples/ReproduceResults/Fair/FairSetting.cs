using System.Text.Json.Nodes;
using Common;
using DRepMRec;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Hosts;

namespace ReproduceResults.Fair;

/// <summary>
/// One combination of a search: values of options by path. "model." is of the model, "trainer." of its training, "host." of the host,
/// "baseline." of what isn't trained; "features" is how the host's features are scaled, "featureWeight" how much they count beside EASE.
/// </summary>
internal sealed record FairSetting(IReadOnlyList<KeyValuePair<string, JsonNode?>> Values)
{
    /// <summary>All values in a line.</summary>
    public string Key { get; } = string.Join("; ", Values.Select(v => $"{v.Key}={v.Value?.ToJsonString()}"));

    /// <summary>How the features of a host are scaled.</summary>
    public FeatureScaling Scaling => Values.FirstOrDefault(v => v.Key == "features").Value?.GetValue<string>() is { } name
        ? Enum.Parse<FeatureScaling>(name)
        : FeatureScaling.Standardize;

    /// <summary>How much the scores of items with near features count beside those of EASE.</summary>
    public double FeatureWeight => Values.Single(v => v.Key == "featureWeight").Value!.GetValue<double>();

    public DRepMRecOptions Model(DRepMRecOptions options) => OptionsJson.With(options, Under("model."));

    public TrainerOptions Trainer(TrainerOptions options) => OptionsJson.With(options, Under("trainer."));

    /// <summary>The options of a host.</summary>
    public object Host(string host) => Catalogue.HostOptions(host) switch
    {
        LightGcnOptions o => OptionsJson.With(o, Under("host.")),
        FreedomOptions o => OptionsJson.With(o, Under("host.")),
        MgcnOptions o => OptionsJson.With(o, Under("host.")),
        { } o => o,
        null => throw new ArgumentException($"Expected a host, got '{host}'."),
    };

    /// <summary>The options of what isn't trained.</summary>
    public T Baseline<T>(T options) where T : class => OptionsJson.With(options, Under("baseline."));

    private IEnumerable<KeyValuePair<string, JsonNode?>> Under(string prefix)
        => Values.Where(v => v.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(v => KeyValuePair.Create(v.Key[prefix.Length..], v.Value));
}
