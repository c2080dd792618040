using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Common;
using DRepMRec.Data;
using DRepMRec.Evaluation;

namespace CompareModels;

/// <summary>
/// A training's figures, the dataset and options that they were made with, and the test metric of each user, by which models are compared.
/// </summary>
internal sealed record TrialFigures(string Model, bool Bma, int Seed) : ModelFigures(Model, Bma, Seed)
{
    public static readonly RankingMetric Metric = RankingMetric.Recall(20);

    [JsonPropertyOrder(1)]
    public required string Loss { get; init; }

    [JsonPropertyOrder(1)]
    public required int MaxEpochs { get; init; }

    [JsonPropertyOrder(1)]
    public required string Dataset { get; init; }

    [JsonPropertyOrder(1)]
    public required string SplitChecksum { get; init; }

    /// <summary>A hash of the options that the model was made with.</summary>
    [JsonPropertyOrder(1)]
    public required string Options { get; init; }

    /// <summary>The checksum of all data, features included; <see langword="null"/> in files from before it was kept.</summary>
    [JsonPropertyOrder(1)]
    public string? Data { get; init; }

    /// <summary>The build of the library; <see langword="null"/> in files from before it was kept.</summary>
    [JsonPropertyOrder(1)]
    public string? Library { get; init; }

    /// <summary>Why there are no figures, if the training diverged.</summary>
    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Failure { get; init; }

    /// <summary>Recall@20 of each test user, in single precision.</summary>
    [JsonPropertyOrder(1)]
    public required byte[] TestRecallPerUser { get; init; }

    public static TrialFigures Of(ModelRun run, CommandLine options, RecDataset data, string made)
    {
        ModelFigures figures = run.ToFigures();
        float[] perUser = [.. run.Test.PerUser(Metric).Select(v => (float)v)];
        return new TrialFigures(run.Model, run.Bma, run.Seed)
        {
            Epochs = figures.Epochs,
            BestEpoch = figures.BestEpoch,
            SecondsPerEpoch = figures.SecondsPerEpoch,
            TrainSeconds = figures.TrainSeconds,
            EvaluateSeconds = figures.EvaluateSeconds,
            Valid = figures.Valid,
            Test = figures.Test,
            Loss = options.Loss,
            MaxEpochs = options.Epochs,
            Dataset = run.Test.Protocol.Dataset,
            Options = made,
            Data = data.Checksum,
            Library = LibraryBuild.This,
            SplitChecksum = run.Test.Protocol.SplitChecksum,
            TestRecallPerUser = MemoryMarshal.AsBytes(perUser.AsSpan()).ToArray(),
        };
    }

    /// <summary>A training that diverged: it isn't made again, and its model gets no line.</summary>
    public static TrialFigures Failed(
        (string Model, bool Bma, int Seed) asked, Exception failure, CommandLine options, RecDataset data, string made)
        => new(asked.Model, asked.Bma, asked.Seed)
        {
            Epochs = 0,
            BestEpoch = 0,
            SecondsPerEpoch = 0,
            TrainSeconds = 0,
            EvaluateSeconds = 0,
            Valid = new Dictionary<string, double>(),
            Test = new Dictionary<string, double>(),
            Loss = options.Loss,
            MaxEpochs = options.Epochs,
            Dataset = data.Name,
            Options = made,
            Data = data.Checksum,
            Library = LibraryBuild.This,
            SplitChecksum = data.SplitChecksum,
            Failure = failure.Message,
            TestRecallPerUser = [],
        };

    public double[] PerUser() => [.. MemoryMarshal.Cast<byte, float>(TestRecallPerUser).ToArray().Select(v => (double)v)];
}
