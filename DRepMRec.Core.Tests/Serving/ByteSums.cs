using Microsoft.Extensions.AI;

namespace DRepMRec.Tests.Serving;

/// <summary>A generator that needs no network: which bytes a picture's file has, in eight groups.</summary>
internal sealed class ByteSums : IEmbeddingGenerator<DataContent, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<DataContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        => Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(v => new Embedding<float>(Sums(v.Data.Span)))));

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private static float[] Sums(ReadOnlySpan<byte> bytes)
    {
        float[] sums = new float[8];
        foreach (byte value in bytes)
            sums[value / 32] += 1f / bytes.Length;
        return sums;
    }
}
