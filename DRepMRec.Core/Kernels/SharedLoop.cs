using System.Runtime.ExceptionServices;

namespace DRepMRec.Kernels;

/// <summary>
/// A loop whose chunks go to whoever has time: the calling thread, which begins at once, and threads of the pool as they come. Nobody waits
/// for a thread that hasn't come, so a busy machine or pool costs its share and no more; a call costs a few microseconds.
/// </summary>
/// <param name="chunks">The number of chunks.</param>
/// <param name="body">Does a chunk.</param>
internal sealed class SharedLoop(int chunks, Action<int> body) : IThreadPoolWorkItem
{
    /// <summary>How often the caller looks for the last helper before it sleeps: chunks end within microseconds of each other.</summary>
    private const int Looks = 20;

    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private int _next;
    private int _helpers;
    private Exception? _error;

    /// <summary>Does all chunks.</summary>
    /// <param name="threads">The most threads, the calling one included.</param>
    /// <remarks>What a chunk throws comes out, as from a single thread; chunks that nobody had begun by then are left out.</remarks>
    public void Run(int threads)
    {
        for (int n = 1; n < threads; n++)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        TakeChunks();
        Await();
        if (_error is { } error)
            ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Helps, as long as there is something to do.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        // Who came is counted before looking for a chunk: so the caller, who looks at the count after the last chunk, misses nobody.
        Interlocked.Increment(ref _helpers);
        if (Volatile.Read(ref _next) < chunks)
        {
            if (_context is null)
                TakeChunks();
            else
                ExecutionContext.Run(_context, static loop => ((SharedLoop)loop!).TakeChunks(), this);
        }

        if (Interlocked.Decrement(ref _helpers) > 0)
            return;
        lock (this)
            Monitor.PulseAll(this);
    }

    private void TakeChunks()
    {
        try
        {
            for (int chunk = Interlocked.Increment(ref _next) - 1; chunk < chunks; chunk = Interlocked.Increment(ref _next) - 1)
                body(chunk);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _error, exception, null);
            Volatile.Write(ref _next, chunks);
        }
    }

    private void Await()
    {
        var wait = new SpinWait();
        for (int look = 0; look < Looks && Volatile.Read(ref _helpers) > 0; look++)
            wait.SpinOnce(sleep1Threshold: -1);
        if (Volatile.Read(ref _helpers) == 0)
            return;
        lock (this)
        {
            while (Volatile.Read(ref _helpers) > 0)
                Monitor.Wait(this);
        }
    }
}
