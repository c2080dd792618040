using System.Text.Json.Serialization;

namespace DRepMRec.Features;

/// <summary>How far an <see cref="EmbeddingEncoder"/> is.</summary>
public readonly record struct EmbeddingProgress
{
    [JsonConstructor]
    internal EmbeddingProgress(int done, int total, int fromCache)
        => (Done, Total, FromCache) = (done, total, fromCache);

    /// <summary>The distinct inputs that are done.</summary>
    public int Done { get; internal init; }

    /// <summary>All distinct inputs.</summary>
    public int Total { get; internal init; }

    /// <summary>Those of the inputs that are done that came from the cache.</summary>
    public int FromCache { get; internal init; }
}
