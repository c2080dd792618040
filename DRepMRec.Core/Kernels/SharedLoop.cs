using System.Runtime.ExceptionServices;

namespace DRepMRec.Kernels;

/// <summary>
/// A loop whose chunks go to whoever has time: the calling thread, which begins at once, and helpers of the <see cref="WorkerTeam"/> as
/// they come. Nobody waits for a helper that hasn't come, who is called back instead, so a busy machine costs its share and no more.
/// The caller begins in front, helpers at the end: loops over the same rows leave them in the caches of those who had them before.
/// </summary>
/// <param name="chunks">The number of chunks.</param>
/// <param name="body">Does a chunk.</param>
internal sealed class SharedLoop(int chunks, Action<int> body)
{
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private WorkerTeam.Worker?[] _asked = [];
    private int _awake;
    private int _taken;
    private int _front;
    private int _back;
    private int _helpers;
    private Exception? _error;

    private bool IsTaken => Volatile.Read(ref _taken) >= chunks;

    /// <summary>Does all chunks.</summary>
    /// <param name="threads">The most threads, the calling one included.</param>
    /// <remarks>What a chunk throws comes out, as from a single thread; chunks that nobody had begun by then are left out.</remarks>
    public void Run(int threads)
    {
        _asked = new WorkerTeam.Worker?[Math.Min(threads, chunks) - 1];
        WorkerTeam.Ask(this, _asked);
        WakeSome();
        TakeChunks(fromEnd: false);
        foreach (WorkerTeam.Worker? worker in _asked)
            worker?.CallBack(this);
        Await();
        if (_error is { } error)
            ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Says that a helper comes; before this loop could be over without it.</summary>
    public void Join() => Interlocked.Increment(ref _helpers);

    /// <summary>Helps, as long as there is something to do.</summary>
    public void Help()
    {
        WakeSome();
        if (IsTaken)
            return;
        if (_context is null)
            TakeChunks(fromEnd: true);
        else
            ExecutionContext.Run(_context, static loop => ((SharedLoop)loop!).TakeChunks(fromEnd: true), this);
    }

    /// <summary>Says that a helper is done.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _helpers) > 0)
            return;
        lock (this)
            Monitor.PulseAll(this);
    }

    /// <summary>Wakes two who sleep: to wake one costs as much as a small chunk, so those who are awake share it.</summary>
    private void WakeSome()
    {
        for (int woken = 0; woken < 2 && !IsTaken;)
        {
            int n = Interlocked.Increment(ref _awake) - 1;
            if (n >= _asked.Length)
                return;
            if (_asked[n]?.Wake() == true)
                woken++;
        }
    }

    private void TakeChunks(bool fromEnd)
    {
        try
        {
            while (Interlocked.Increment(ref _taken) <= chunks)
                body(fromEnd ? chunks - Interlocked.Increment(ref _back) : _front++);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _error, exception, null);
            Volatile.Write(ref _taken, chunks);
        }
    }

    /// <summary>Waits for those who help: what they work on is the caller's again afterwards, so nothing cuts it short.</summary>
    private void Await()
    {
        bool isInterrupted = false;
        for (var spin = new BriefSpin(); Volatile.Read(ref _helpers) > 0;)
        {
            if (spin.Once())
                continue;
            try
            {
                lock (this)
                {
                    while (Volatile.Read(ref _helpers) > 0)
                        Monitor.Wait(this);
                }
            }
            catch (ThreadInterruptedException)
            {
                isInterrupted = true;
            }
        }

        if (isInterrupted)
            Thread.CurrentThread.Interrupt();
    }
}
