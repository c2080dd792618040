using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace DRepMRec.Collectives;

/// <summary>Threads of one process that exchange as processes do, through memory: for tests, and to try without a launcher.</summary>
/// <remarks>A member that is disposed while others wait for it is lost to them at once; one that is stuck, after the time-out.</remarks>
/// <example>
/// <code>
/// TrainingReport[] reports = InProcessCollective.Run(4, collective =>
/// {
///     using DRepMRecModel model = DRepMRecModel.Create(data, options, collective);
///     return new Trainer(model, data).Fit();
/// });
/// </code>
/// </example>
public sealed class InProcessCollective : ICollective
{
    private readonly Mailboxes _mailboxes;
    private CollectiveException? _failure;
    private long _exchange;
    private long _began;
    private bool _isDisposed;

    private InProcessCollective(Mailboxes mailboxes, int rank) => (_mailboxes, Rank) = (mailboxes, rank);

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size => _mailboxes.Size;

    /// <summary>Creates the members of a group, for a thread each.</summary>
    /// <param name="size">How many, at least 1.</param>
    /// <param name="timeout">How long an exchange may take; <see langword="null"/> for 5 minutes.</param>
    public static IReadOnlyList<InProcessCollective> Create(int size, TimeSpan? timeout = null) => Create(size, timeout, null);

    /// <summary>Runs something on as many threads as a group has members, and waits for all of them.</summary>
    /// <typeparam name="T">The type of the results.</typeparam>
    /// <param name="size">How many, at least 1.</param>
    /// <param name="body">What each thread does; its member is disposed when it ends.</param>
    /// <param name="timeout">How long an exchange may take; <see langword="null"/> for 5 minutes.</param>
    /// <returns>The results, by rank.</returns>
    /// <exception cref="Exception">
    /// What a thread threw: if several did, the first that isn't a <see cref="CollectiveException"/>, which the others get by it.
    /// </exception>
    public static T[] Run<T>(int size, Func<ICollective, T> body, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        (T? Result, Exception? Error)[] ends = Run(Create(size, timeout), body);
        Exception[] errors = [.. ends.Select(e => e.Error).OfType<Exception>()];
        if (errors.Length > 0)
            ExceptionDispatchInfo.Throw(errors.FirstOrDefault(e => e is not CollectiveException) ?? errors[0]);
        return [.. ends.Select(e => e.Result!)];
    }

    /// <inheritdoc/>
    public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        CollectiveRules.ThrowIfUnfit(this, own, all, lengths);
        Begin("all-gather");
        Send("all-gather", own);
        int start = 0;
        for (int rank = 0; rank < Size; rank++)
        {
            Span<byte> target = all.Slice(start, lengths[rank]);
            if (rank == Rank)
                own.CopyTo(target);
            else
                Receive("all-gather", rank, target);
            start += lengths[rank];
        }
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> data, int root)
    {
        CollectiveRules.ThrowIfNoRank(this, root, nameof(root));
        Begin("broadcast");
        if (root == Rank)
            Send("broadcast", data);
        else
            Receive("broadcast", root, data);
    }

    /// <inheritdoc/>
    public void Barrier()
    {
        Begin("barrier");
        Send("barrier", []);
        for (int rank = 0; rank < Size; rank++)
        {
            if (rank != Rank)
                Receive("barrier", rank, []);
        }
    }

    /// <summary>Leaves the group: what it has sent still arrives.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
            _mailboxes.Leave(Rank);
        _isDisposed = true;
    }

    /// <summary>A group with faults.</summary>
    internal static IReadOnlyList<InProcessCollective> Create(int size, TimeSpan? timeout, SimulatedFaults? faults)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var mailboxes = new Mailboxes(size, CollectiveRules.ThrowIfNotPositive(timeout, nameof(timeout)), faults);
        return [.. Enumerable.Range(0, size).Select(rank => new InProcessCollective(mailboxes, rank))];
    }

    /// <summary>Runs a body for each member, and gives each one's end.</summary>
    internal static (T? Result, Exception? Error)[] Run<T>(IReadOnlyList<InProcessCollective> members, Func<ICollective, T> body)
    {
        var ends = new (T? Result, Exception? Error)[members.Count];
        Thread[] threads =
        [
            .. members.Select(member => new Thread(() =>
            {
                try
                {
                    ends[member.Rank] = (body(member), null);
                    member.Dispose();
                }
                catch (SimulatedLossException loss)
                {
                    ends[member.Rank] = (default, loss); // What is lost doesn't say so.
                }
                catch (Exception exception)
                {
                    ends[member.Rank] = (default, exception);
                    member.Dispose();
                }
            })
            {
                IsBackground = true,
            }),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return ends;
    }

    private void Begin(string operation)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_failure is { } failure)
            throw new CollectiveException(failure.Failure, failure.Message, failure);
        _exchange++;
        _mailboxes.Faults?.ThrowIfLost(Rank, _exchange, operation, _mailboxes.Timeout);
        _began = Stopwatch.GetTimestamp();
    }

    private void Send(string operation, ReadOnlySpan<byte> data)
    {
        byte[] copy = data.ToArray();
        for (int rank = 0; rank < Size; rank++)
        {
            if (rank != Rank)
                _mailboxes.Send(Rank, rank, _exchange, operation, copy);
        }
    }

    private void Receive(string operation, int from, Span<byte> target)
    {
        try
        {
            _mailboxes.Receive(from, Rank, _exchange, operation, _began, target);
        }
        catch (CollectiveException exception)
        {
            _failure = exception;
            throw;
        }
    }
}
