using System.Text.Json;
using DRepMRec;
using DRepMRec.Baselines;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.ItemToItem;
using DRepMRec.Losses;
using DRepMRec.Training;

namespace Common;

/// <summary>The models by name.</summary>
internal static class Catalogue
{
    public const string Ours = "DRepMRec";

    // Chosen on TikTok's validation set.
    private const double FeatureWeight = 0.1;

    private static readonly Dictionary<string, Func<RecDataset, CancellationToken, IItemScorer>> Baselines = new()
    {
        ["Popularity"] = (data, _) => new PopularityRecommender(data.Train),
        ["ItemKNN"] = (data, token) => new ItemKnnRecommender(data.Train, cancellationToken: token),
        ["EASE"] = (data, token) => new EaseRecommender(data.Train, cancellationToken: token),
        ["EASE+features"] = (data, token) => EaseWithFeatures(data, new EaseOptions(), FeatureWeight, token),
        ["Item-to-item"] = (data, token) => ItemToItemModel.Solve(data, cancellationToken: token),
    };

    // Layers were chosen on TikTok's validation set, together with L2.
    private static readonly LightGcnOptions LightGcn = new() { Layers = 1 };

    private static readonly string[] NeedFeatures = ["EASE+features", "VBPR", "FREEDOM", "MGCN"];

    // The options that a host has by default in the samples.
    private static readonly Dictionary<string, object> Hosts = new()
    {
        ["BPR-MF"] = new MatrixFactorizationOptions(),
        ["LightGCN"] = LightGcn,
        ["VBPR"] = new VbprOptions(),
        ["FREEDOM"] = new FreedomOptions(),
        ["MGCN"] = new MgcnOptions(),
    };

    public static IReadOnlyList<string> HostNames { get; } = [.. Hosts.Keys];

    public static IReadOnlyList<string> BaselineNames { get; } = [.. Baselines.Keys];

    public static IReadOnlyList<string> Names { get; } = [.. Baselines.Keys, .. Hosts.Keys, Ours];

    /// <summary>
    /// The trainings of the given models, with and without BMA as asked for. Without features only models that need none are left.
    /// </summary>
    public static IEnumerable<(string Model, bool Bma)> Variants(IEnumerable<string> models, IReadOnlyList<bool> bma, bool hasFeatures)
        => models.Where(m => hasFeatures || !NeedFeatures.Contains(m))
            .SelectMany(m => m == Ours ? [(m, true)]
                : Baselines.ContainsKey(m) ? [(m, false)]
                : bma.Where(b => hasFeatures || !b).Select(b => (m, b)));

    public static string Title(string model, bool bma) => bma && model != Ours ? $"{model} + BMA" : model;

    /// <summary>How the features of a host are scaled, by TikTok's validation set.</summary>
    public static FeatureScaling Scaling(string model) => model == "MGCN" ? FeatureScaling.None : FeatureScaling.Standardize;

    /// <summary>
    /// The options that a model is trained with under a loss, "bpr" or "softmax": the L2 of LightGCN and MGCN and the interactions per user
    /// of DRepMRec with BPR were chosen on TikTok's validation set, MGCN's learning rate is published as falling by 0.96 every 50 epochs.
    /// </summary>
    public static TrainerOptions Training(string model, string loss, TrainerOptions options) => model switch
    {
        Ours when loss == "bpr" => options with { InteractionsPerUser = DRepMRecPreset.PublishedParts.Training.InteractionsPerUser },
        "LightGCN" => options with { L2 = 0.1 },
        "MGCN" => options with { L2 = 0.05, Schedule = new LearningRateSchedule.Step() },
        _ => options,
    };

    /// <summary>
    /// The options that a model with or without BMA is made with under a loss, "bpr" or "softmax": hosts take the defaults of BMA, DRepMRec
    /// the preset of the loss.
    /// </summary>
    public static DRepMRecOptions Options(string model, bool bma, string loss) => (model, loss) switch
    {
        (Ours, "bpr") => DRepMRecPreset.PublishedParts.Model,
        (Ours, _) => new DRepMRecOptions(),
        (_, "bpr") => new DRepMRecOptions
        {
            Loss = bma ? DRepMRecPreset.PublishedParts.Model.Loss : new RankingLoss.Bpr(),
            UseModalLine = bma,
        },
        _ => new DRepMRecOptions { UseModalLine = bma },
    };

    /// <summary>The options that a model has of its own.</summary>
    public static object? HostOptions(string model) => model switch
    {
        "EASE" => new EaseOptions(),
        "ItemKNN" => new ItemKnnOptions(),
        "EASE+features" => (new EaseOptions(), FeatureWeight),
        "Item-to-item" => JsonSerializer.Serialize(new ItemToItemOptions()),
        _ => Hosts.GetValueOrDefault(model),
    };

    public static bool IsBaseline(string model) => Baselines.ContainsKey(model);

    public static IItemScorer CreateBaseline(string model, RecDataset data, CancellationToken cancellation)
        => Baselines[model](data, cancellation);

    public static bool IsTrained(string model) => model == Ours || Hosts.ContainsKey(model);

    public static bool NeedsFeatures(string model) => NeedFeatures.Contains(model);

    /// <summary>A model that is trained: DRepMRec, or a host with or without BMA as the options have it.</summary>
    public static DRepMRecModel Create(string model, RecDataset data, ModalFeatures? features, DRepMRecOptions options)
        => model == Ours
            ? DRepMRecModel.Create(data, options)
            : DRepMRecModel.Create(data, CreateHost(Hosts[model], data, features, options.Seed), options);

    /// <summary>The host that some options are those of.</summary>
    public static IBehaviorEncoder CreateHost(object options, RecDataset data, ModalFeatures? features, int seed) => options switch
    {
        MatrixFactorizationOptions o => new MatrixFactorizationEncoder(data.Users.Count, data.Items.Count, o with { Seed = seed }),
        LightGcnOptions o => new LightGcnEncoder(data.Users.Count, data.Items.Count, o with { Seed = seed }),
        VbprOptions o => new VbprEncoder(data.Users.Count, features!, o with { Seed = seed }),
        FreedomOptions o => new FreedomEncoder(data.Users.Count, features!, o with { Seed = seed }),
        MgcnOptions o => new MgcnEncoder(data.Users.Count, features!, o with { Seed = seed }),
        _ => throw new ArgumentException($"Expected the options of a host, got {options}."),
    };

    /// <summary>EASE plus a little of the scores of items with near features.</summary>
    public static IItemScorer EaseWithFeatures(RecDataset data, EaseOptions options, double weight, CancellationToken cancellation)
    {
        using var features = new ModalFeatures(data.Features);
        var parts = new List<(IItemScorer, double)> { (new EaseRecommender(data.Train, options, cancellation), 1) };
        for (int m = 0; m < features.ModalityCount; m++)
            parts.Add((new ItemKnnRecommender(data.Train, features.Relations(m, 10)), weight / features.ModalityCount));
        return new BlendedRecommender(parts);
    }
}
