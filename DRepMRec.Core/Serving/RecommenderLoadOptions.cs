namespace DRepMRec.Serving;

/// <summary>How a model file is loaded.</summary>
public sealed record RecommenderLoadOptions
{
    internal const long SmallFile = 64 << 20;

    /// <summary>
    /// Whether the arrays are mapped into memory instead of read: loading takes no time, and processes that serve the same file share its
    /// pages. A mapped file must not be changed in place; <see cref="Recommender.Save"/> replaces files by renaming, which is safe (on
    /// Windows a mapped file can't be replaced: write under a new name).
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool MemoryMap { get; init; } = true;

    /// <summary>
    /// Whether every number, id and history is checked, and the checksum. What isn't checked can't do harm: a damaged array gives a
    /// <see cref="ModelFileException"/> when it's used, and a number that isn't finite is never served.
    /// </summary>
    /// <value><see langword="null"/>, the default, checks files of at most 64 MiB.</value>
    public bool? Verify { get; init; }
}
