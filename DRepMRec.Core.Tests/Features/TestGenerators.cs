using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace DRepMRec.Tests.Features;

/// <summary>Makes vectors of the hashes of its inputs, counts what it is asked for, and fails on demand.</summary>
internal sealed class TestGenerator<T>(Func<T, byte[]> bytes, int dimension = 4, string? model = "test-model")
    : IEmbeddingGenerator<T, Embedding<float>>
{
    public List<int> Batches { get; } = [];

    /// <summary>Called before each answer with the inputs; may throw.</summary>
    public Action<IReadOnlyList<T>> OnRequest { get; set; } = _ => { };

    public static float[] Vector(byte[] input, int dimension)
        => [.. SHA256.HashData(input).Concat(new byte[Math.Max(0, dimension - 32)]).Take(dimension).Select(b => (b / 128f) - 1)];

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<T> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        T[] inputs = [.. values];
        Batches.Add(inputs.Length);
        OnRequest(inputs);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(
            inputs.Select(i => new Embedding<float>(Vector(bytes(i), dimension)))));
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("tests", null, model, dimension) : null;

    public void Dispose()
    {
    }
}

internal static class TestGenerators
{
    public static TestGenerator<string> Text(int dimension = 4, string? model = "test-model")
        => new(Encoding.UTF8.GetBytes, dimension, model);

    public static TestGenerator<DataContent> Images(int dimension = 3) => new(c => c.Data.ToArray(), dimension, "pictures");
}
