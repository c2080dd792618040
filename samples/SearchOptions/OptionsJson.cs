using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Evaluation;
using DRepMRec.Fusions;
using DRepMRec.Losses;
using DRepMRec.Training;

namespace SearchOptions;

/// <summary>
/// Options as JSON, so that one of them can be named by its path, such as "alignment.fusion.modalWeight", and set by a value.
/// </summary>
internal static class OptionsJson
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(), new MetricConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameKinds } },
    };

    /// <summary>The same options with the given values changed.</summary>
    /// <param name="options">A record of options.</param>
    /// <param name="values">Values by path.</param>
    /// <exception cref="ArgumentException">There is no such option, or it refuses the value.</exception>
    public static T With<T>(T options, IEnumerable<KeyValuePair<string, JsonNode?>> values)
    {
        JsonNode root = JsonSerializer.SerializeToNode(options, Json)!;
        foreach (var (path, value) in values)
        {
            string[] names = path.Split('.');
            JsonNode? parent = names[..^1].Aggregate((JsonNode?)root, (node, name) => (node as JsonObject)?[name]);
            if (parent is not JsonObject found || !found.ContainsKey(names[^1]))
            {
                string others = parent is JsonObject o ? $"; there are {string.Join(", ", o.Select(p => p.Key))}" : "";
                throw new ArgumentException($"There is no option '{path}' in {typeof(T).Name}{others}.");
            }

            found[names[^1]] = value?.DeepClone();
        }

        try
        {
            return root.Deserialize<T>(Json)!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"{typeof(T).Name}: {e.Message}", e);
        }
    }

    private static void NameKinds(JsonTypeInfo info)
    {
        if (info.Type == typeof(RankingLoss))
            info.PolymorphismOptions = Kinds((typeof(RankingLoss.Bpr), "bpr"), (typeof(RankingLoss.SampledSoftmax), "softmax"));
        if (info.Type == typeof(Fusion))
        {
            info.PolymorphismOptions = Kinds(
                (typeof(Fusion.Sum), "sum"), (typeof(Fusion.Mean), "mean"), (typeof(Fusion.Concatenation), "concatenation"),
                (typeof(Fusion.NormalizedSum), "normalizedSum"), (typeof(Fusion.NormalizedConcatenation), "normalizedConcatenation"),
                (typeof(Fusion.MatchedSum), "matchedSum"), (typeof(Fusion.LearnedGate), "learnedGate"));
        }

        if (info.Type == typeof(LearningRateSchedule))
        {
            info.PolymorphismOptions = Kinds(
                (typeof(LearningRateSchedule.Constant), "constant"), (typeof(LearningRateSchedule.Step), "step"),
                (typeof(LearningRateSchedule.WarmupCosine), "cosine"));
        }
    }

    private static JsonPolymorphismOptions Kinds(params (Type Type, string Name)[] kinds)
    {
        var options = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "kind" };
        foreach (var (type, name) in kinds)
            options.DerivedTypes.Add(new JsonDerivedType(type, name));
        return options;
    }

    private sealed class MetricConverter : JsonConverter<RankingMetric>
    {
        public override RankingMetric Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
            => RankingMetric.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, RankingMetric value, JsonSerializerOptions options)
            => writer.WriteStringValue(value.ToString());
    }
}
