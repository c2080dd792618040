namespace DRepMRec.Features;

/// <summary>How far an <see cref="EmbeddingEncoder"/> is.</summary>
/// <param name="Done">The distinct inputs that are done.</param>
/// <param name="Total">All distinct inputs.</param>
/// <param name="FromCache">Those of the inputs that are done that came from the cache.</param>
public readonly record struct EmbeddingProgress(int Done, int Total, int FromCache);
