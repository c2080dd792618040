using System.Text.Json;
using System.Text.Json.Serialization;
using DRepMRec.Data;
using DRepMRec.Evaluation;
using DRepMRec.Internals;

namespace DRepMRec.Training;

/// <summary>The content of a checkpoint beside its arrays.</summary>
/// <param name="FormatVersion">The version of the file format.</param>
/// <param name="Training">Which training it is of; see <see cref="TrainingFingerprint"/>.</param>
/// <param name="Steps">The steps that the optimiser has made.</param>
/// <param name="Batch">The batches done in the epoch that is under way.</param>
/// <param name="LossSums">The sums of the losses over these batches.</param>
/// <param name="FirstLoss">The loss of the first batch of all.</param>
/// <param name="Elapsed">The time that training took, in ticks.</param>
/// <param name="EpochStart">When the epoch that is under way began, in ticks.</param>
/// <param name="History">The complete epochs.</param>
internal sealed record CheckpointManifest(
    int FormatVersion,
    Dictionary<string, string> Training,
    int Steps,
    int Batch,
    List<KeyValuePair<string, double>> LossSums,
    double? FirstLoss,
    long Elapsed,
    long EpochStart,
    List<CheckpointEpoch> History)
{
    public const int CurrentFormatVersion = 1;

    private const long MaxTicks = 36_500 * TimeSpan.TicksPerDay;

    public string ToJson() => JsonSerializer.Serialize(this, CheckpointJson.Default.CheckpointManifest);

    /// <exception cref="CheckpointFormatException">It isn't a manifest, or is a newer one.</exception>
    public static CheckpointManifest Parse(string text, string path)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            int version = json.RootElement.GetProperty("formatVersion").GetInt32();
            if (version > CurrentFormatVersion)
            {
                throw new CheckpointFormatException(
                    $"{Shown.Name(path)}: written by a newer version of the library: format {version}, "
                    + $"this one reads up to {CurrentFormatVersion}.")
                {
                    IsNewer = true,
                };
            }

            CheckpointManifest manifest = json.Deserialize(CheckpointJson.Default.CheckpointManifest)!;
            if (manifest.Steps < 0 || manifest.Batch < 0 || manifest.Elapsed is < 0 or > MaxTicks || manifest.EpochStart < 0
                || manifest.EpochStart > manifest.Elapsed || manifest.History.Where((epoch, n) => epoch.Epoch != n + 1).Any())
            {
                throw new FormatException(
                    $"it has {manifest.Steps} steps, {manifest.Batch} batches, {manifest.EpochStart} of {manifest.Elapsed} ticks "
                    + $"and the epochs {Shown.List(manifest.History.Select(e => e.Epoch))}");
            }

            return manifest;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or NullReferenceException
            or FormatException and not CheckpointFormatException)
        {
            throw new CheckpointFormatException($"{Shown.Name(path)}: the manifest can't be read: {Shown.Message(e.Message)}", e);
        }
    }
}

/// <summary>A complete epoch; times in ticks.</summary>
internal sealed record CheckpointEpoch(
    int Epoch, List<KeyValuePair<string, double>> Losses, CheckpointFigures? Validation, long TrainingTime, long EvaluationTime)
{
    public static CheckpointEpoch Of(EpochReport epoch) => new(
        epoch.Epoch, [.. epoch.Losses], epoch.Validation is null ? null : CheckpointFigures.Of(epoch.Validation),
        epoch.TrainingTime.Ticks, epoch.EvaluationTime.Ticks);

    /// <param name="figures">Makes the validation figures of the report from the ones that are kept here.</param>
    public EpochReport ToReport(Func<CheckpointFigures, EvaluationResult> figures) => new()
    {
        Epoch = Epoch,
        Losses = new Dictionary<string, double>(Losses),
        Validation = Validation is null ? null : figures(Validation),
        TrainingTime = new TimeSpan(TrainingTime),
        EvaluationTime = new TimeSpan(EvaluationTime),
    };
}

/// <summary>The averages of an evaluation; the time in ticks.</summary>
internal sealed record CheckpointFigures(
    CheckpointGroup All, CheckpointGroup? ColdItems, CheckpointGroup? ColdItemsAmongCold, double ItemCoverage, long Elapsed,
    List<KeyValuePair<string, double>>? ListMetrics = null)
{
    public static CheckpointFigures Of(EvaluationResult result) => new(
        CheckpointGroup.Of(result.All)!, CheckpointGroup.Of(result.ColdItems), CheckpointGroup.Of(result.ColdItemsAmongCold),
        result.ItemCoverage, result.Elapsed.Ticks,
        result.ListMetrics.Count == 0 ? null : [.. result.ListMetrics.Select(m => KeyValuePair.Create(m.Key.ToString(), m.Value))]);

    public EvaluationResult ToResult(
        EvaluationProtocol protocol, IReadOnlyList<int> users, IdMap ids,
        IReadOnlyDictionary<RankingMetric, double[]> perUser)
    {
        var figures = new Dictionary<string, double>(ListMetrics ?? []);
        return new EvaluationResult(
            protocol, All.ToResult(), ColdItems?.ToResult(), ColdItemsAmongCold?.ToResult(), users,
            [.. users.Select(user => ids[user])], perUser, ItemCoverage,
            protocol.ListMetrics.ToDictionary(m => m, m => figures[m.ToString()]), new TimeSpan(Elapsed));
    }
}

/// <summary>Metrics averaged over a group of users.</summary>
internal sealed record CheckpointGroup(int Users, int Positives, List<KeyValuePair<string, double>> Metrics)
{
    public static CheckpointGroup? Of(GroupResult? group) => group is null
        ? null
        : new(group.Users, group.Positives, [.. group.Metrics.Select(m => KeyValuePair.Create(m.Key.ToString(), m.Value))]);

    public GroupResult ToResult() => new(Users, Positives, Metrics.ToDictionary(m => RankingMetric.Parse(m.Key), m => m.Value));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointManifest))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
