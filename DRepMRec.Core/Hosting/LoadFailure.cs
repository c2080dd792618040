using DRepMRec.Internals;

namespace DRepMRec.Hosting;

/// <summary>Why the last try came to nothing, and when there is another.</summary>
/// <param name="Exception">What went wrong.</param>
/// <param name="Options">The options of the try; <see langword="null"/> where they were what went wrong.</param>
/// <param name="Stamp">The file of the try; <see langword="null"/> where it couldn't be reached.</param>
/// <param name="Tries">How often the same has been tried.</param>
/// <param name="Since">When tries began to fail.</param>
/// <param name="At">When this try failed.</param>
/// <param name="RetryAt">Until when the same isn't tried again.</param>
internal sealed record LoadFailure(
    Exception Exception, RecommenderServiceOptions? Options, FileStamp? Stamp, int Tries, DateTimeOffset Since, DateTimeOffset At,
    DateTimeOffset RetryAt)
{
    private const int MaxDoublings = 20;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public string Message => Shown.Message(Exception.Message);

    /// <summary>Whether to wait, as the same failed a short time ago; not where the clock has been set back since.</summary>
    public bool Keeps(string? path, FileStamp? stamp, DateTimeOffset now) => IsOf(path, stamp) && now >= At && now < RetryAt;

    /// <summary>
    /// Whether it's more than a file that is being written: the same has failed twice, or whatever was there has failed for a while.
    /// </summary>
    public bool IsSettled(DateTimeOffset now) => Tries > 1 || now - Since >= Patience;

    /// <summary>How long until the next look: no longer than it takes until a failure is more than a file that is being written.</summary>
    public static TimeSpan Wait(LoadFailure? last, TimeSpan interval, DateTimeOffset now)
        => last is not null && interval > Patience && !last.IsSettled(now) ? Patience : interval;

    /// <summary>When there is another try at the latest; the first is that of the next look.</summary>
    public DateTimeOffset NextTry(TimeSpan interval) => Tries == 1 ? At + Wait(this, interval, At) : RetryAt;

    /// <summary>The next failure: the same is tried again at the next look, and then at ever longer intervals.</summary>
    public static LoadFailure After(
        LoadFailure? last, Exception exception, RecommenderServiceOptions? options, FileStamp? stamp, TimeSpan interval, DateTimeOffset now)
    {
        int tries = last is not null && last.IsOf(options?.Path, stamp) ? last.Tries + 1 : 1;
        TimeSpan delay = tries == 1 ? TimeSpan.Zero : interval * Math.Pow(2, Math.Min(tries - 2, MaxDoublings));
        TimeSpan most = interval > MaxDelay ? interval : MaxDelay;
        return new LoadFailure(exception, options, stamp, tries, last?.Since < now ? last.Since : now, now,
            now + (delay < most ? delay : most));
    }

    private bool IsOf(string? path, FileStamp? stamp) => Options?.Path == path && Stamp == stamp;
}
