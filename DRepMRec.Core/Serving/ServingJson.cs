using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Serialization;

namespace DRepMRec.Serving;

/// <summary>
/// The generated JSON contracts of what serving takes and gives: requests, lists, explanations, options, the manifest of a model. Nothing
/// of training comes along, so that trimmed and natively compiled servers stay small.
/// </summary>
/// <remarks>
/// Names are in camel case, enumerations by their names in C#, and everything is strict: what isn't understood is an error. Safe for use by
/// many threads. For everything else there is <see cref="DRepMRec"/>.DRepMRecJson.
/// </remarks>
/// <example>
/// <code>
/// services.ConfigureHttpJsonOptions(http =&gt;
///     http.SerializerOptions.TypeInfoResolverChain.Insert(0, ServingJson.TypeInfoResolver));
/// </code>
/// </example>
public static class ServingJson
{
    private static readonly Dictionary<Type, Action<JsonTypeInfo>> Changes = new(
    [
        OptionContract.Of<RecommendationRequest>(), OptionContract.Of<RecommenderLoadOptions>(), OptionContract.Of<RecommenderOptions>(),
        OptionContract.Of<ItemCondition>(), OptionContract.Of<ItemBoost>(), OptionContract.Of<CategoryQuota>(),
        OptionContract.Of<Diversity>(), OptionContract.Of<Exploration>(), OptionContract.Of<RecommendAllOptions>(),
        OptionContract.Of<DatabaseExportOptions>(), OptionContract.Of<VectorUpsertOptions>(), OptionContract.Of<ModelComparisonOptions>(),
        OptionContract.Of<ModelComparisonLimits>(), OptionContract.Of<DriftOptions>(),
    ]);

    /// <summary>The contracts, to be put in front of those of your own: <c>options.TypeInfoResolverChain.Insert(0, …)</c>.</summary>
    public static IJsonTypeInfoResolver TypeInfoResolver { get; } =
        ServingJsonContext.Default.WithAddedModifier(info => Changes.GetValueOrDefault(info.Type)?.Invoke(info));

    /// <summary>Options that have these contracts alone. Read-only; a copy can be changed.</summary>
    public static JsonSerializerOptions SerializerOptions { get; } = StrictJson.Options(TypeInfoResolver);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RecommendationRequest))]
[JsonSerializable(typeof(List<RecommendationRequest>))]
[JsonSerializable(typeof(IReadOnlyList<RecommendationRequest>))]
[JsonSerializable(typeof(RecommenderLoadOptions))]
[JsonSerializable(typeof(RecommenderOptions))]
[JsonSerializable(typeof(RecommendationList))]
[JsonSerializable(typeof(IReadOnlyList<RecommendationList>))]
[JsonSerializable(typeof(IReadOnlyList<Recommendation>))]
[JsonSerializable(typeof(List<Recommendation>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(IReadOnlyList<SimilarUser>))]
[JsonSerializable(typeof(List<SimilarUser>))]
[JsonSerializable(typeof(ItemContent))]
[JsonSerializable(typeof(ModelComparison))]
[JsonSerializable(typeof(UserRecommendations))]
[JsonSerializable(typeof(RecommendAllOptions))]
[JsonSerializable(typeof(DatabaseExportOptions))]
[JsonSerializable(typeof(VectorUpsertOptions))]
[JsonSerializable(typeof(ModelComparisonOptions))]
[JsonSerializable(typeof(ModelComparisonLimits))]
[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(RepresentationSpace))]
[JsonSerializable(typeof(DriftOptions))]
[JsonSerializable(typeof(DriftReport))]
[JsonSerializable(typeof(RefreshCounts))]
[JsonSerializable(typeof(RefreshKind))]
internal sealed partial class ServingJsonContext : JsonSerializerContext;
