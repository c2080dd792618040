using System.Text.Json;

namespace Common;

/// <summary>One model's figures as the samples write them to JSON files: an array with one such object per model and seed.</summary>
internal record ModelFigures(string Model, bool Bma, int Seed)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    public required int Epochs { get; init; }

    public required int BestEpoch { get; init; }

    public required double SecondsPerEpoch { get; init; }

    public required double TrainSeconds { get; init; }

    public required double EvaluateSeconds { get; init; }

    public required IReadOnlyDictionary<string, double> Valid { get; init; }

    public required IReadOnlyDictionary<string, double> Test { get; init; }

    /// <summary>Writes to a temporary name first, so that a run that is stopped never leaves half a file.</summary>
    public static void Write<T>(string path, IEnumerable<T> figures) where T : ModelFigures
    {
        string temporary = path + ".tmp";
        try
        {
            File.WriteAllText(temporary, JsonSerializer.Serialize(figures, Options));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} can't be written: {e.Message}", e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public static List<T> Read<T>(string path) where T : ModelFigures
    {
        try
        {
            return JsonSerializer.Deserialize<List<T>>(File.ReadAllText(path), Options) ?? [];
        }
        catch (JsonException e)
        {
            throw new IOException($"{path}: expected an array of figures as this program writes it; {e.Message}", e);
        }
    }
}
