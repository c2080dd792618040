using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Common;
using ReproduceResults.Studies;

namespace ReproduceResults.Trainings;

/// <summary>The trainings that were made already.</summary>
internal sealed class TrainingLog(string path, bool toRead = false, bool mayLack = false) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectRequiredConstructorParameters = true,
    };

    private readonly JsonLinesLog<(string, string, int, string, string, string?), Training> _trainings = new(
        path, t => (t.Study, t.Variant, t.Seed, t.SplitChecksum, t.Options, t.Data), Json, toRead, mayLack);

    public IReadOnlyCollection<Training> All => _trainings.All;

    /// <summary>
    /// The training of a variant by its options, split and seed; none where it was made of other data, such as of other features. Lines of
    /// older logs, which don't say, are taken.
    /// </summary>
    public Training? Find(string study, Variant variant, int seed)
    {
        Training? Of(string? data)
            => _trainings.Find((study, variant.Name, seed, variant.Data.SplitChecksum, variant.Options, data));
        return Of(variant.Data.Checksum) ?? Of(null);
    }

    /// <summary>Says which of the trainings that are taken from the log another build of the library made, if any.</summary>
    public static string? OtherBuilds(IEnumerable<Training> found)
        => LibraryBuild.Others(found.Select(t => t.Library));

    public void Add(Training training) => _trainings.Add(training);

    /// <summary>The checkpoint of a training that isn't there yet, in a folder beside the log; those of other builds are deleted.</summary>
    public string CheckpointOf(string study, Variant variant, int seed)
    {
        string folder = Directory.CreateDirectory(Path.GetFullPath(path) + ".checkpoints").FullName;
        string training = Short($"{study}\n{variant.Name}\n{seed}\n{variant.Data.Checksum}\n{variant.Options}");
        string own = $"{training}-{Short(LibraryBuild.This)}.checkpoint";
        foreach (string file in Directory.GetFiles(folder, $"{training}-*"))
        {
            if (!Path.GetFileName(file).StartsWith(own, StringComparison.Ordinal))
                File.Delete(file);
        }

        return Path.Combine(folder, own);
    }

    public void Dispose() => _trainings.Dispose();

    private static string Short(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    /// <summary>Writes trainings as compressed lines, in an order that doesn't depend on which of them was made first.</summary>
    /// <exception cref="ArgumentException">There is none; what the file had stays.</exception>
    public static void Compress(string path, IEnumerable<Training> trainings)
    {
        Training[] lines = [.. trainings.OrderBy(t => t.Study, StringComparer.Ordinal).ThenBy(t => t.Place).ThenBy(t => t.Seed)];
        if (lines.Length == 0)
            throw new ArgumentException($"{path}: expected trainings to write, got none.");
        string temporary = path + ".tmp";
        try
        {
            using (var file = new StreamWriter(new GZipStream(File.Create(temporary), CompressionLevel.SmallestSize)))
            {
                file.NewLine = "\n";
                foreach (Training training in lines)
                    file.WriteLine(JsonSerializer.Serialize(training, Json));
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Reads what <see cref="Compress"/> wrote.</summary>
    public static IReadOnlyList<Training> Decompress(string path)
    {
        using var file = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var trainings = new List<Training>();
        try
        {
            while (file.ReadLine() is { } line)
                trainings.Add(JsonSerializer.Deserialize<Training>(line, Json) ?? throw new JsonException("found null."));
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new IOException($"{path} line {trainings.Count + 1}: expected a training as this program writes it; {e.Message}", e);
        }

        return trainings;
    }
}
