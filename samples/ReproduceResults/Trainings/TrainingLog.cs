using System.Text.Json;
using System.Text.Json.Serialization;
using Common;
using ReproduceResults.Studies;

namespace ReproduceResults.Trainings;

/// <summary>The trainings that were made already.</summary>
internal sealed class TrainingLog(string path) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectRequiredConstructorParameters = true,
    };

    private readonly JsonLinesLog<(string, string, int, string, string), Training> _trainings = new(
        path, t => (t.Study, t.Variant, t.Seed, t.SplitChecksum, t.Options), Json);

    public Training? Find(string study, Variant variant, int seed)
        => _trainings.Find((study, variant.Name, seed, variant.Data.SplitChecksum, variant.Options));

    public void Add(Training training) => _trainings.Add(training);

    public void Dispose() => _trainings.Dispose();
}
