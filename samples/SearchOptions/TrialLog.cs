using System.Text.Json;
using Common;

namespace SearchOptions;

/// <summary>One training: the setting that was tried and its validation figures.</summary>
internal sealed record Trial(string Setting, int Seed, int Epochs, string SplitChecksum)
{
    public int BestEpoch { get; init; }

    public double Seconds { get; init; }

    public IReadOnlyDictionary<string, double> Valid { get; init; } = new Dictionary<string, double>();

    /// <summary>Recall@20 of the cold items of the validation set.</summary>
    public double? ValidCold { get; init; }

    /// <summary>Why there are no figures, if the training failed.</summary>
    public string? Failure { get; init; }
}

/// <summary>The trainings of a split that were made already.</summary>
internal sealed class TrialLog(string path, string splitChecksum) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private readonly JsonLinesLog<(string, int, int, string), Trial> _trials = new(
        path, t => (t.Setting, t.Seed, t.Epochs, t.SplitChecksum), Json);

    public string SplitChecksum => splitChecksum;

    public Trial? Find(Setting setting, int seed, int epochs) => _trials.Find((setting.Key, seed, epochs, splitChecksum));

    public void Add(Trial trial) => _trials.Add(trial);

    public void Dispose() => _trials.Dispose();
}
