using System.Diagnostics;
using System.Globalization;
using DRepMRec.Internals;

namespace DRepMRec.Collectives;

/// <summary>Processes that a launcher such as <c>mpirun</c> or <c>srun</c> started, over the C interface of Open MPI or MPICH.</summary>
/// <remarks>
/// The library of the system is found when it's started; nothing else of .NET depends on it. Exchanges don't block within MPI, so that a
/// peer that is lost or stuck ends them after the time-out, with a <see cref="CollectiveException"/>; let it end the process, and the
/// launcher ends all others. One at a time in a process, and only one in its life, as MPI has it.
/// </remarks>
/// <example>
/// <code>
/// using var collective = MpiCollective.Start(TimeSpan.FromMinutes(2));
/// Console.WriteLine($"{collective.Rank} of {collective.Size}");
/// </code>
/// </example>
public sealed unsafe class MpiCollective : ICollective
{
    /// <summary>Where launchers say how many processes they started.</summary>
    private static readonly string[] Sizes = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS", "SLURM_STEP_NUM_TASKS"];

    private static readonly Lock Gate = new();
    private static bool _isStarted;

    private readonly MpiLibrary _mpi;
    private readonly nint _communicator;
    private readonly bool _hasBegun;
    private readonly TimeSpan _timeout;
    private readonly NativeMemoryBlock _sent = new();
    private readonly NativeMemoryBlock _received = new();
    private CollectiveException? _failure;
    private long _exchange;
    private bool _isDisposed;

    private MpiCollective(MpiLibrary mpi, TimeSpan timeout)
    {
        (_mpi, _timeout) = (mpi, timeout);
        int isInitialized, isFinalized, provided, rank, size;
        mpi.ThrowIfFailed(mpi.Finalized(&isFinalized), "MPI_Finalized");
        if (isFinalized != 0)
            throw new CollectiveException(CollectiveFailure.Unavailable, "MPI was ended in this process before, and can't begin anew.");
        mpi.ThrowIfFailed(mpi.Initialized(&isInitialized), "MPI_Initialized");
        _hasBegun = isInitialized == 0;
        if (_hasBegun)
            mpi.ThrowIfFailed(mpi.InitThread(null, null, MpiLibrary.ThreadSerialized, &provided), "MPI_Init_thread");
        nint communicator = 0;
        mpi.ThrowIfFailed(mpi.CommDup(mpi.World, &communicator), "MPI_Comm_dup");
        mpi.ThrowIfFailed(mpi.CommSetErrhandler(communicator, mpi.ErrorsReturn), "MPI_Comm_set_errhandler");
        mpi.ThrowIfFailed(mpi.CommRank(communicator, &rank), "MPI_Comm_rank");
        mpi.ThrowIfFailed(mpi.CommSize(communicator, &size), "MPI_Comm_size");
        (_communicator, Rank, Size) = (communicator, rank, size);
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>Takes this process's place among those that the launcher started; without a launcher it's the only one.</summary>
    /// <param name="timeout">How long an exchange may take; <see langword="null"/> for 5 minutes.</param>
    /// <param name="library">
    /// The path of MPI's shared library; <see langword="null"/> for the one that the environment variable DREPMREC_MPI_LIBRARY names, or
    /// else the system's.
    /// </param>
    /// <exception cref="CollectiveException">
    /// There is no MPI, or it can't be used, or it is another one than that of the launcher, which started more processes than it knows of.
    /// </exception>
    /// <exception cref="InvalidOperationException">It was started in this process before.</exception>
    public static MpiCollective Start(TimeSpan? timeout = null, string? library = null)
    {
        TimeSpan limit = CollectiveRules.ThrowIfNotPositive(timeout, nameof(timeout));
        lock (Gate)
        {
            if (_isStarted)
                throw new InvalidOperationException("MPI was started in this process before, and can be started only once.");
            MpiLibrary mpi = MpiLibrary.Load(library);
            _isStarted = true;
            var collective = new MpiCollective(mpi, limit);
            if (OfAnotherLauncher(collective.Size, Environment.GetEnvironmentVariable) is { } reason)
            {
                collective.Dispose();
                throw new CollectiveException(CollectiveFailure.Unavailable, reason);
            }

            return collective;
        }
    }

    /// <summary>What to say of a process that MPI takes for the only one, though its launcher started more; otherwise null.</summary>
    internal static string? OfAnotherLauncher(int size, Func<string, string?> environment)
    {
        foreach (string variable in size == 1 ? Sizes : [])
        {
            // The first that says something is of the launcher next to the process; others may be of one around it.
            if (int.TryParse(environment(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int started))
            {
                if (started <= 1)
                    return null;
                return $"The launcher started {started} processes ({variable}), but MPI takes this one for the only one: the library is of "
                    + "another MPI than the launcher. Name the launcher's library by the environment variable "
                    + $"{MpiLibrary.Variable}, or have Slurm start them by 'srun --mpi=pmix'.";
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        CollectiveRules.ThrowIfUnfit(this, own, all, lengths);
        Begin();
        byte* from = _sent.EnsureCapacity(own.Length), to = _received.EnsureCapacity(all.Length);
        own.CopyTo(new Span<byte>(from, own.Length));
        int* counts = stackalloc int[2 * Size], places = counts + Size;
        for (int rank = 0, place = 0; rank < Size; place += lengths[rank++])
            (counts[rank], places[rank]) = (lengths[rank], place);
        nint request = 0;
        Check(_mpi.Iallgatherv(from, own.Length, _mpi.Byte, to, counts, places, _mpi.Byte, _communicator, &request), "MPI_Iallgatherv");
        Wait(&request, "all-gather");
        new ReadOnlySpan<byte>(to, all.Length).CopyTo(all);
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> data, int root)
    {
        CollectiveRules.ThrowIfNoRank(this, root, nameof(root));
        Begin();
        byte* buffer = _sent.EnsureCapacity(data.Length);
        if (root == Rank)
            data.CopyTo(new Span<byte>(buffer, data.Length));
        nint request = 0;
        Check(_mpi.Ibcast(buffer, data.Length, _mpi.Byte, root, _communicator, &request), "MPI_Ibcast");
        Wait(&request, "broadcast");
        if (root != Rank)
            new ReadOnlySpan<byte>(buffer, data.Length).CopyTo(data);
    }

    /// <inheritdoc/>
    public void Barrier()
    {
        Begin();
        nint request = 0;
        Check(_mpi.Ibarrier(_communicator, &request), "MPI_Ibarrier");
        Wait(&request, "barrier");
    }

    /// <summary>Leaves MPI, which waits for the others to do so; after a failed exchange it doesn't, so that it can't hang.</summary>
    /// <remarks>Where somebody else had begun MPI in this process before <see cref="Start"/>, it stays theirs to end.</remarks>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (_failure is not null)
            return; // A message may still come into the buffers: they stay.
        if (_hasBegun)
        {
            _mpi.Finalize();
        }
        else
        {
            nint communicator = _communicator;
            _mpi.CommFree(&communicator);
        }

        _sent.Free();
        _received.Free();
    }

    private void Begin()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_failure is { } failure)
            throw new CollectiveException(failure.Failure, failure.Message, failure);
        _exchange++;
    }

    /// <summary>Waits for a request: first at once, then giving the processor to others, then asleep.</summary>
    private void Wait(nint* request, string operation)
    {
        const int Spins = 2_000;
        byte* status = stackalloc byte[MpiLibrary.MaxStatusBytes];
        long start = Stopwatch.GetTimestamp();
        for (int n = 0; ; n++)
        {
            int isDone = 0;
            Check(_mpi.Test(request, &isDone, status), "MPI_Test");
            if (isDone != 0)
                return;
            if (n < Spins && Environment.ProcessorCount > 1)
                continue;
            TimeSpan waited = Stopwatch.GetElapsedTime(start);
            if (waited > _timeout)
            {
                throw Fail(new CollectiveException(
                    CollectiveFailure.TimedOut,
                    $"Process {Rank} of {Size} in exchange {_exchange} ({operation}): not complete within "
                    + $"{_timeout.TotalSeconds:0.###} s: a process is lost or stuck."));
            }

            Thread.Sleep(waited.TotalMilliseconds < 50 ? 0 : 1);
        }
    }

    private void Check(int code, string function)
    {
        if (code != 0)
        {
            throw Fail(new CollectiveException(
                CollectiveFailure.PeerLost,
                $"Process {Rank} of {Size} in exchange {_exchange}: {function} failed: {Shown.Message(_mpi.ErrorText(code))}"));
        }
    }

    private CollectiveException Fail(CollectiveException failure) => _failure = failure;
}
