using System.Text;
using System.Text.Json;

namespace SearchOptions;

/// <summary>One training: what was tried and what validation said.</summary>
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

/// <summary>A file of JSON lines, one per training, written through at once. A line that a killed run left half written is dropped.</summary>
internal sealed class TrialLog : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private readonly Dictionary<(string, int, int, string), Trial> _trials = [];
    private readonly FileStream _file;

    public TrialLog(string path, string splitChecksum)
    {
        SplitChecksum = splitChecksum;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        int end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        int number = 0;
        foreach (string line in Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            try
            {
                Remember(JsonSerializer.Deserialize<Trial>(line, Json)!);
            }
            catch (JsonException e)
            {
                throw new IOException($"{path} line {number}: expected a training as this program writes it; {e.Message}", e);
            }
        }

        _file.SetLength(end);
        _file.Position = end;
    }

    public string SplitChecksum { get; }

    public Trial? Find(Setting setting, int seed, int epochs)
    {
        lock (_trials)
            return _trials.GetValueOrDefault((setting.Key, seed, epochs, SplitChecksum));
    }

    public void Add(Trial trial)
    {
        lock (_trials)
        {
            Remember(trial);
            _file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(trial, Json) + "\n"));
            _file.Flush(flushToDisk: true);
        }
    }

    private void Remember(Trial trial) => _trials[(trial.Setting, trial.Seed, trial.Epochs, trial.SplitChecksum)] = trial;

    public void Dispose() => _file.Dispose();
}
