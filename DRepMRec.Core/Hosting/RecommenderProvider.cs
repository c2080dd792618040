using System.Diagnostics;
using System.Globalization;
using DRepMRec.Internals;
using DRepMRec.Serving;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DRepMRec.Hosting;

/// <summary>Serves a file's model, looks at the file from time to time, and puts what it has become in the place of what it was.</summary>
/// <remarks>
/// Requests read one field. One thread at a time looks and loads, under <see cref="_looking"/>; whoever writes the field holds
/// <see cref="_changing"/>, which is never held while a file is read.
/// </remarks>
internal sealed partial class RecommenderProvider : IRecommenderProvider, IDisposable
{
    /// <summary>The name in logs and metrics of the recommender without a key.</summary>
    public const string WithoutKey = "default";

    private readonly string _optionsName;
    private readonly IOptionsMonitor<RecommenderServiceOptions> _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _looking = new();
    private readonly Lock _changing = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly IDisposable? _watch;
    private bool _started;
    private bool _polls;
    private Recommender? _current;
    private FileStamp? _served;
    private volatile LoadFailure? _failure;
    private TimeSpan _pollInterval = RecommenderServiceOptions.MaxPollInterval;
    private RecommenderStatus _status;

    /// <param name="optionsName">The name of the options, which is the key of the recommender.</param>
    /// <param name="options">The options.</param>
    /// <param name="logger">What happens is logged here.</param>
    /// <param name="time">The time of day, for ages and the next try.</param>
    public RecommenderProvider(
        string optionsName, IOptionsMonitor<RecommenderServiceOptions> options, ILogger<RecommenderProvider> logger, TimeProvider time)
    {
        (_optionsName, _options, _logger, _time) = (optionsName, options, logger, time);
        _status = new RecommenderStatus { Name = optionsName.Length == 0 ? WithoutKey : optionsName };
        _watch = options.OnChange((_, name) => Wake(name));
        HostingTelemetry.Add(this);
    }

    public Recommender Current => Volatile.Read(ref _current) ?? StartAndTake();

    public RecommenderStatus Status => Volatile.Read(ref _status);

    public TimeSpan? Age => Status.Age(_time.GetUtcNow());

    /// <summary>Loads the first model, and looks for others from then on.</summary>
    /// <exception cref="InvalidOperationException">There is no model, and the application needs one to start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.Run(() => StartAndLook(), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (Volatile.Read(ref _current) is null && _failure is { Options: null or { RequiredAtStart: true } } failure)
            throw NoModel(failure);
    }

    public Recommender Update(Func<Recommender, Recommender> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _ = Current;
        lock (_changing)
            return Put(change(Current));
    }

    public Task ReloadAsync(CancellationToken cancellationToken = default)
        => Task.Run(
            () =>
            {
                Start(look: false);
                try
                {
                    Look(force: true, cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    Wake(_optionsName); // Whoever polls looks instead, and learns how often.
                    throw;
                }
            }, cancellationToken).WaitAsync(cancellationToken);

    /// <summary>Looks at the options and the file once, and loads what has changed.</summary>
    /// <param name="force">Whether to load in any case, and to throw what goes wrong.</param>
    /// <param name="cancellationToken">Stops before it looks, also while another does.</param>
    public void Look(bool force = false, CancellationToken cancellationToken = default)
    {
        lock (_looking)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(force && _stopping.IsCancellationRequested, this);
            if (_stopping.IsCancellationRequested)
                return;
            RecommenderServiceOptions? options = null;
            FileStamp? stamp = null;
            try
            {
                options = _options.Get(_optionsName);
                if (_pollInterval != options.PollInterval)
                {
                    _pollInterval = options.PollInterval;
                    if (_polls)
                        Wake(_optionsName); // Whoever waits for the old interval waits for the new one.
                }

                Report(Status with { MaxAge = options.MaxAge });
                if (!force && !IsFollowed(options))
                {
                    if (_failure?.Options?.Path != options.Path)
                        Settle();
                    return;
                }

                stamp = FileStamp.Of(options.Path);
                if (stamp == _served && !force)
                    Settle();
                else if (force || _failure is null || !_failure.Keeps(options.Path, stamp, _time.GetUtcNow()))
                    Load(options, stamp.Value);
            }
            catch (Exception e)
            {
                if (force || _failure is null || !_failure.Keeps(options?.Path, stamp, _time.GetUtcNow()))
                    Fail(e, options, stamp, force);
                if (force)
                    throw;
            }
        }
    }

    public void Dispose()
    {
        if (_stopping.IsCancellationRequested)
            return;
        _stopping.Cancel();
        _watch?.Dispose();
        HostingTelemetry.Remove(this);
    }

    private Recommender StartAndTake()
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        LoadFailure? failure = null;
        if (!_looking.IsHeldByCurrentThread) // What is asked while the first model is prepared can't wait for it.
        {
            if (_failure is null)
                StartAndLook(); // Once a first look has ended nobody waits for another.
            failure = _failure; // Before what is served: that is there by the time that this is gone.
        }

        return Volatile.Read(ref _current) ?? throw NoModel(failure);
    }

    private InvalidOperationException NoModel(LoadFailure? failure)
    {
        string reason = failure?.Message
            ?? (_stopping.IsCancellationRequested ? "it has been disposed of" : "the first one is being loaded");
        return new InvalidOperationException($"The recommender '{Status.Name}' has no model: {reason}", failure?.Exception);
    }

    /// <summary>Whether looks go on to the file: options say so, or what they name isn't served yet, or they are what is wrong.</summary>
    private bool IsFollowed(RecommenderServiceOptions? options)
        => options is null || options.ReloadOnChange || _served?.Path != options.Path;

    private void Load(RecommenderServiceOptions options, FileStamp stamp)
    {
        using Activity? activity = HostingTelemetry.StartLoad(Status.Name);
        long start = Stopwatch.GetTimestamp();
        try
        {
            Recommender loaded = Recommender.Load(
                options.Path, new RecommenderLoadOptions { MemoryMap = options.MemoryMap, Verify = options.Verify });
            Warmup.Run(loaded);
            lock (_changing)
            {
                if (_stopping.IsCancellationRequested)
                    return;
                loaded = Put(options.Prepare is { } prepare ? prepare(loaded.Unmeasured()) : loaded);
            }

            (_served, _failure) = (stamp, null);
            Report(new RecommenderStatus
            {
                Name = Status.Name,
                Path = options.Path,
                WrittenAt = stamp.Written,
                LoadedAt = _time.GetUtcNow(),
                Loads = Status.Loads + 1,
                MaxAge = options.MaxAge,
            });
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            HostingTelemetry.Loaded(Status.Name, time);
            _logger.ModelServed(
                Status.Name, Shown.Name(options.Path), stamp.Written, loaded.Users.Count, loaded.Items.Count, time.TotalSeconds);
        }
        catch (Exception e)
        {
            activity.Fail(e);
            throw;
        }
    }

    /// <summary>Serves a recommender, under the name by which it is measured.</summary>
    private Recommender Put(Recommender next)
    {
        if (next is null)
            throw new InvalidOperationException("Expected a recommender to serve, got null.");
        Recommender named = next.Model.ServedAs == Status.Name && next.Model.IsMeasured ? next
            : new Recommender(next.Model with { ServedAs = Status.Name, IsMeasured = true });
        Volatile.Write(ref _current, named);
        return named;
    }

    /// <summary>The file is the one that is served.</summary>
    private void Settle()
    {
        if (_failure is null && Status.LastError is null)
            return;
        if (Status.LastError is not null)
            _logger.ModelFoundAgain(Status.Name, Shown.Name(_served!.Value.Path));
        _failure = null;
        Report(Status with { LastError = null, FailedAt = null, RetryAt = null });
    }

    private void Fail(Exception exception, RecommenderServiceOptions? options, FileStamp? stamp, bool force)
    {
        DateTimeOffset now = _time.GetUtcNow();
        LoadFailure failure = LoadFailure.After(_failure, exception, options, stamp, _pollInterval, now);
        _failure = failure;
        if (!force && _current is not null && !failure.IsSettled(now))
        {
            _logger.ModelNotReady(Status.Name, options?.Path, failure.Message);
            return;
        }

        // Who looks by intervals sleeps on when somebody else has looked.
        DateTimeOffset? retry = !IsFollowed(options) ? null
            : force && failure.Tries == 1 ? now + _pollInterval : failure.NextTry(_pollInterval);
        Report(Status with { LastError = failure.Message, FailedAt = now, RetryAt = retry });
        if (!force && _current is null && options is { RequiredAtStart: false }
            && exception is (FileNotFoundException or DirectoryNotFoundException))
        {
            _logger.ModelAwaited(Status.Name, options.Path);
            return;
        }

        HostingTelemetry.Refused(Status.Name, exception);
        _logger.ModelRefused(exception, Status.Name, options?.Path, Status.Path ?? "nothing",
            retry?.ToString("u", CultureInfo.InvariantCulture) ?? "none, as the file isn't followed");
    }

    private void Report(RecommenderStatus status)
    {
        if (status != _status)
            Volatile.Write(ref _status, status);
    }
}
