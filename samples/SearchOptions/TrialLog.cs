using System.Text.Json;
using System.Text.Json.Serialization;
using Common;
using DRepMRec.Data;

namespace SearchOptions;

/// <summary>One training: the setting that was tried and its validation figures.</summary>
internal sealed record Trial(string Setting, int Seed, int Epochs, string SplitChecksum)
{
    public int BestEpoch { get; init; }

    public double Seconds { get; init; }

    public IReadOnlyDictionary<string, double> Valid { get; init; } = new Dictionary<string, double>();

    /// <summary>Recall@20 of the cold items of the validation set.</summary>
    public double? ValidCold { get; init; }

    /// <summary>A hash of all options, those that the setting leaves as they are too; none in logs from before it was kept.</summary>
    public string? Options { get; init; }

    /// <summary>The checksum of all data, features included; none in logs from before it was kept.</summary>
    public string? Data { get; init; }

    /// <summary>The build of the library; none in logs from before it was kept.</summary>
    public string? Library { get; init; }

    /// <summary>Why there are no figures, if the training failed.</summary>
    public string? Failure { get; init; }
}

/// <summary>The trainings of a split that were made already.</summary>
internal sealed class TrialLog(string path, RecDataset data) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly JsonLinesLog<(string, int, int, string, string?, string?), Trial> _trials = new(
        path, t => (t.Setting, t.Seed, t.Epochs, t.SplitChecksum, t.Options, t.Data), Json);

    /// <summary>A training that is about to be made.</summary>
    public Trial Begin(Setting setting, int seed, int epochs) => new(setting.Key, seed, epochs, data.SplitChecksum)
    {
        Options = OptionsHash.Of(
            setting.ModelOptions, Catalogue.HostOptions(setting.HostName), setting.TrainerOptions with { Threads = 1 }),
        Data = data.Checksum,
        Library = LibraryBuild.This,
    };

    /// <summary>A training of the same split, options and data; lines of older logs, which say less, are taken.</summary>
    public Trial? Find(Setting setting, int seed, int epochs)
    {
        Trial own = Begin(setting, seed, epochs);
        Trial? By(string? options, string? features) => _trials.Find((setting.Key, seed, epochs, data.SplitChecksum, options, features));
        return By(own.Options, own.Data) ?? By(own.Options, null) ?? By(null, own.Data) ?? By(null, null);
    }

    public void Add(Trial trial) => _trials.Add(trial);

    public void Dispose() => _trials.Dispose();
}
