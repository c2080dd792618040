using System.Text.Json.Nodes;
using Common;

namespace ReproduceResults.Fair;

/// <summary>The options of each model that its search draws from: as many combinations of each. The rest stays at its default.</summary>
internal static class SearchSpaces
{
    private const int Seed = 2024;

    private const string Everybody = """
        "trainer.adam.learningRate": [5e-4, 1e-3, 2e-3],
        "trainer.l2": [0, 1e-4, 1e-3, 1e-2, 0.05, 0.1],
        "trainer.interactionsPerUser": [0, 10]
        """;

    // Options of a model that mean something without content.
    private static readonly string[] Behaviour = ["model.layers", "model.loss.temperature"];

    private const string Content = "\"features\": [\"Standardize\", \"Center\", \"None\"]";

    private static readonly Dictionary<string, string> Own = new()
    {
        ["BPR-MF"] = "",
        ["LightGCN"] = "\"host.layers\": [1, 2, 3, 4]",
        ["VBPR"] = Content,
        ["FREEDOM"] = $"""
            {Content},
            "host.layers": [1, 2],
            "host.edgeDropout": [0.5, 0.8, 0.9],
            "host.modalLossWeight": [0, 1e-3, 1e-2, 0.1]
            """,
        ["MGCN"] = $$"""
            {{Content}},
            "host.layers": [1, 2],
            "host.contrastWeight": [1e-3, 3e-3, 1e-2, 0.1],
            "trainer.schedule": [{ "kind": "step" }, { "kind": "constant" }]
            """,
        [Catalogue.Ours] = """
            "model.layers": [1, 2, 3],
            "model.featureScaling": ["Standardize", "Center", "None"],
            "model.alignment.intraWeight": [0.3, 1, 3],
            "model.alignment.interWeight": [0.03, 0.1, 0.3],
            "model.alignment.fusion.modalWeight": [0.3, 0.5, 0.8],
            "model.behaviorDropout": [0, 0.1]
            """,
    };

    private const string Penalties = "[10, 20, 50, 100, 200, 500, 1000, 2000]";

    private static readonly Dictionary<string, string> Untrained = new()
    {
        ["Popularity"] = "",
        ["ItemKNN"] = """
            "baseline.neighbors": [20, 50, 100, 200, 500],
            "baseline.shrinkage": [0, 10, 50, 100],
            "baseline.normalizeUsers": [true, false]
            """,
        ["EASE"] = $"\"baseline.l2\": {Penalties}",
        ["EASE+features"] = $"""
            "baseline.l2": {Penalties},
            "featureWeight": [0.03, 0.1, 0.3, 1]
            """,
        ["Item-to-item"] = $"""
            "baseline.l2": {Penalties},
            "baseline.contentWeight": [30, 100, 300, 1000],
            "baseline.normalizeUsers": [true, false]
            """,
    };

    private static readonly Dictionary<string, string> OfLoss = new()
    {
        ["softmax"] = "\"model.loss.temperature\": [0.15, 0.2, 0.25, 0.33]",
        ["bpr"] = "",
    };

    /// <summary>Different combinations for what isn't trained; none where it has no options.</summary>
    public static IReadOnlyList<FairSetting> DrawUntrained(string name, bool hasFeatures, int count)
        => Untrained[name].Length == 0 ? []
            : Draw([.. Parse(Untrained[name]).Where(o => hasFeatures || o.Path != "baseline.contentWeight")], count);

    /// <summary>
    /// Different combinations for a model under a loss, drawn by a seed of their own: more of them begin with the same ones. Where the
    /// dataset has no features, options that only content gives a meaning to aren't drawn.
    /// </summary>
    public static IReadOnlyList<FairSetting> Draw(string model, string loss, bool hasFeatures, int count)
        => Draw([.. Parse(string.Join(",", new[] { Everybody, Own[model], OfLoss[loss] }.Where(part => part.Length > 0)))
            .Where(o => hasFeatures || !o.Path.StartsWith("model.", StringComparison.Ordinal) || Behaviour.Contains(o.Path))], count);

    private static IReadOnlyList<FairSetting> Draw((string Path, JsonNode[] Values)[] options, int count)
    {
        var random = new Random(Seed);
        var drawn = new Dictionary<string, FairSetting>();
        long all = options.Aggregate(1L, (product, o) => product * o.Values.Length);
        while (drawn.Count < Math.Min(count, all))
        {
            var setting = new FairSetting(
                [.. options.Select(o => KeyValuePair.Create(o.Path, (JsonNode?)o.Values[random.Next(o.Values.Length)]))]);
            drawn.TryAdd(setting.Key, setting);
        }

        return [.. drawn.Values];
    }

    private static IEnumerable<(string Path, JsonNode[] Values)> Parse(string options)
        => JsonNode.Parse($"{{{options}}}")!.AsObject().Select(o => (o.Key, (JsonNode[])[.. o.Value!.AsArray().OfType<JsonNode>()]));
}
