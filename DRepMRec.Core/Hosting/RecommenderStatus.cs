namespace DRepMRec.Hosting;

/// <summary>What a provider serves, and what became of its last look at the file.</summary>
public sealed record RecommenderStatus
{
    /// <summary>The key of the recommender; "default" for the one without a key.</summary>
    public required string Name { get; init; }

    /// <summary>The file that the served model came from; <see langword="null"/> until there is one.</summary>
    public string? Path { get; init; }

    /// <summary>When the served model's file was written.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>When the served model took its place.</summary>
    public DateTimeOffset? LoadedAt { get; init; }

    /// <summary>How many models have been served so far, this one included.</summary>
    public int Loads { get; init; }

    /// <summary>
    /// Why the file that is there now isn't served; <see langword="null"/> where it is. A file that fails once, as one does
    /// that is being written, isn't reported before it has failed again.
    /// </summary>
    public string? LastError { get; init; }

    /// <summary>When <see cref="LastError"/> was found last.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>
    /// When the file is tried again at the latest; a changed file is tried as soon as it's seen. <see langword="null"/> where nothing has
    /// failed, and where the file isn't followed (<see cref="RecommenderServiceOptions.ReloadOnChange"/>).
    /// </summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>The age of the file from which on it's old; <see langword="null"/> where a model doesn't age.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The time since the served model's file was written; <see langword="null"/> until there is one.</summary>
    /// <param name="now">The time of the moment.</param>
    public TimeSpan? Age(DateTimeOffset now) => now - WrittenAt;
}
