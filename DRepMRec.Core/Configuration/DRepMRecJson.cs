using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DRepMRec.Alignment;
using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Fusions;
using DRepMRec.Hosting;
using DRepMRec.Hosts;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;
using DRepMRec.Serialization;
using DRepMRec.Serving;
using DRepMRec.Training;
using Microsoft.Extensions.Configuration;

namespace DRepMRec;

/// <summary>
/// The generated JSON contracts of the library's options and results, and the same options out of a configuration. There is no reflection
/// over what is read or written. <see cref="DRepMRecPreset"/> is two options, each with a contract of its own.
/// </summary>
/// <remarks>
/// Names are in camel case, and read in any case; enumerations stand by their names in C#; losses, fusions, schedules and splits have a
/// "kind"; what isn't given stays as it is by default; what isn't understood is an error with its path. docs/configuration.md has an
/// example of everything. Servers that are trimmed take <see cref="ServingJson"/>, which this one includes. Safe for use by many threads.
/// </remarks>
/// <example>
/// <code>
/// TrainerOptions training = configuration.GetSection("DRepMRec:Training").ReadOptions&lt;TrainerOptions&gt;();
/// string json = DRepMRecJson.Write(training);
/// </code>
/// </example>
public static class DRepMRecJson
{
    private static readonly Dictionary<Type, Action<JsonTypeInfo>> Changes = new(
    [
        OptionContract.Of<DRepMRecOptions>(), OptionContract.Of<BmaOptions>(), OptionContract.Of<SssOptions>(),
        OptionContract.Of<ModalEncoderOptions>(), OptionContract.Of<LightGcnOptions>(), OptionContract.Of<MatrixFactorizationOptions>(),
        OptionContract.Of<FreedomOptions>(), OptionContract.Of<MgcnOptions>(), OptionContract.Of<VbprOptions>(),
        OptionContract.Of<EaseOptions>(), OptionContract.Of<ItemToItemOptions>(), OptionContract.Of<ItemKnnOptions>(),
        OptionContract.Of<TrainerOptions>(), OptionContract.Of<AdamOptions>(), OptionContract.Of<CheckpointOptions>(),
        OptionContract.Of<WarmStartOptions>(), OptionContract.Of<TimeTravelOptions>(), OptionContract.Of<UpdatePolicy>(),
        OptionContract.Of<NegativeSampling>(), OptionContract.Of<EvaluationOptions>(), OptionContract.Of<LineDiagnosticsOptions>(),
        OptionContract.Of<DatasetOptions>(), OptionContract.Of<DelimitedOptions>(), OptionContract.Of<InteractionLayout>(),
        OptionContract.Of<SyntheticOptions>(), OptionContract.Of<TextFeatureOptions>(),
        OptionContract.Of<ItemLayout>(), OptionContract.Of<DelimitedItemOptions>(), OptionContract.Of<ItemTableOptions>(),
        OptionContract.Of<TextEncoderOptions>(), OptionContract.Of<CategoryEncoderOptions>(), OptionContract.Of<NumberEncoderOptions>(),
        OptionContract.Of<EmbeddingEncoderOptions>(),

        OptionContract.Kinds<RankingLoss>(("bpr", typeof(RankingLoss.Bpr)), ("softmax", typeof(RankingLoss.SampledSoftmax))),
        OptionContract.Of<RankingLoss.Bpr>(), OptionContract.Of<RankingLoss.SampledSoftmax>(),

        OptionContract.Kinds<Fusion>(
            ("sum", typeof(Fusion.Sum)), ("normalizedConcatenation", typeof(Fusion.NormalizedConcatenation))),
        OptionContract.Of<Fusion.Sum>(), OptionContract.Of<Fusion.NormalizedConcatenation>(),

        OptionContract.Kinds<LearningRateSchedule>(
            ("constant", typeof(LearningRateSchedule.Constant)), ("step", typeof(LearningRateSchedule.Step)),
            ("cosine", typeof(LearningRateSchedule.WarmupCosine))),
        OptionContract.Of<LearningRateSchedule.Constant>(), OptionContract.Of<LearningRateSchedule.Step>(),
        OptionContract.Of<LearningRateSchedule.WarmupCosine>(),

        OptionContract.Kinds<SplitStrategy>(
            ("none", typeof(NoSplit)), ("byLabel", typeof(LabelSplit)), ("randomPerUser", typeof(RandomPerUserSplit)),
            ("perUserTime", typeof(PerUserTimeSplit)), ("leaveOneOut", typeof(LeaveOneOutSplit)), ("globalTime", typeof(GlobalTimeSplit))),
        OptionContract.Of<NoSplit>(), OptionContract.Of<LabelSplit>(), OptionContract.Of<RandomPerUserSplit>(),
        OptionContract.Of<PerUserTimeSplit>(), OptionContract.Of<LeaveOneOutSplit>(), OptionContract.Of<GlobalTimeSplit>(),
    ]);

    /// <summary>The contracts, to be put in front of those of your own: <c>options.TypeInfoResolverChain.Insert(0, …)</c>.</summary>
    public static IJsonTypeInfoResolver TypeInfoResolver { get; } = JsonTypeInfoResolver.Combine(
        ServingJson.TypeInfoResolver,
        HostingJson.TypeInfoResolver,
        DRepMRecJsonContext.Default.WithAddedModifier(info => Changes.GetValueOrDefault(info.Type)?.Invoke(info)));

    /// <summary>Options that have these contracts alone. Read-only; a copy can be changed.</summary>
    public static JsonSerializerOptions SerializerOptions { get; } = StrictJson.Options(TypeInfoResolver);

    /// <summary>Writes options or a result as indented JSON.</summary>
    /// <typeparam name="T">Their type; of kinds, such as losses, the abstract type, which puts the kind in.</typeparam>
    /// <param name="value">The options or the result.</param>
    /// <exception cref="NotSupportedException">The library has no contract for the type, or for a loss or fusion of your own.</exception>
    public static string Write<T>(T value) where T : notnull => JsonSerializer.Serialize(value, SerializerOptions.GetTypeInfo(typeof(T)));

    /// <summary>Reads options or a result.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="json">JSON; comments are allowed.</param>
    /// <exception cref="OptionsFormatException">It isn't JSON, or a name or a value isn't understood; the message has its path.</exception>
    /// <exception cref="NotSupportedException">The library has no contract for the type.</exception>
    public static T Read<T>(string json) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return (T?)JsonSerializer.Deserialize(json, SerializerOptions.GetTypeInfo(typeof(T)))
                ?? throw new OptionsFormatException("$", $"expected a {typeof(T).Name}, got null.");
        }
        catch (JsonException e)
        {
            throw new OptionsFormatException(e.Path ?? "$", JsonText.Of(e), e);
        }
    }

    /// <summary>Reads options of the library out of a section of a configuration.</summary>
    /// <typeparam name="T">The type of the options.</typeparam>
    /// <param name="section">The section that has the options' properties as keys. Where it is missing, all are the defaults.</param>
    /// <exception cref="OptionsFormatException">A key or a value isn't understood; the message has its path.</exception>
    /// <exception cref="NotSupportedException">The library has no contract for the type.</exception>
    public static T ReadOptions<T>(this IConfiguration section) where T : class => section.ReadOptions<T>(SerializerOptions);
}
