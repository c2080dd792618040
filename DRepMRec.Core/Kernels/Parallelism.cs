using System.Collections.Concurrent;
using DRepMRec.Internals;
using DRepMRec.Kernels;

namespace DRepMRec;

/// <summary>How many threads the library's kernels share their work between. The bits don't depend on the number.</summary>
/// <remarks>
/// The <see cref="Trainer"/> takes the number from its options. In a training loop of your own, set it here: it flows with the calls that
/// you make, into tasks that you start too, and touches nothing else in the process. Safe for use by many threads.
/// </remarks>
/// <example>
/// <code>
/// using (Parallelism.Use(4))
///     RunYourLoop();
/// </code>
/// </example>
public static class Parallelism
{
    // The number flows with the control, so that work that runs beside isn't touched. 0 stands for the number of processors.
    private static readonly AsyncLocal<int> Flowing = new();

    /// <summary>The most threads that a kernel uses in this flow of control: as many as processors, or as <see cref="Use"/> says.</summary>
    public static int Threads => Flowing.Value is > 0 and int threads ? threads : Environment.ProcessorCount;

    /// <summary>Sets the number of threads for the calls that are made until the scope is disposed, and for no others.</summary>
    /// <param name="threads">At least 1.</param>
    public static Scope Use(int threads)
    {
        var scope = new Scope(Flowing.Value);
        Flowing.Value = Guard.Positive(threads, nameof(threads));
        return scope;
    }

    /// <summary>
    /// Runs <paramref name="body"/> over [0, count) in ranges; small counts stay on the calling thread. Ranges are several times more than
    /// threads, so that a busy core holds nothing up.
    /// </summary>
    internal static void ForRanges(int count, int minimumPerThread, Action<int, int> body)
    {
        int threads = Math.Min(Threads, count / Math.Max(1, minimumPerThread));
        if (threads <= 1)
        {
            body(0, count);
            return;
        }

        int chunk = Math.Max(minimumPerThread / 4, (int)((count - 1) / (8L * threads)) + 1);
        int chunks = ((count - 1) / chunk) + 1;
        long start = KernelTelemetry.Start();
        new SharedLoop(chunks, c => body(c * chunk, (c * chunk) + Math.Min(chunk, count - (c * chunk)))).Run(Math.Min(threads, chunks));
        KernelTelemetry.LoopDone(start);
    }

    /// <summary>Runs <paramref name="body"/> for each number of [0, count), with a room of which a thread has one at a time.</summary>
    /// <param name="count">How many numbers.</param>
    /// <param name="threads">The most threads, which loops within are given too.</param>
    /// <param name="newRoom">Makes a room; at most one for each thread.</param>
    /// <param name="body">Gets a number and a room.</param>
    /// <param name="cancellationToken">Stops before the next number.</param>
    /// <returns>The rooms.</returns>
    /// <exception cref="OperationCanceledException">The token asked to stop.</exception>
    internal static IReadOnlyCollection<T> ForEach<T>(
        int count, int threads, Func<T> newRoom, Action<int, T> body, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var rooms = new ConcurrentBag<T>();
        using Scope scope = Use(threads);
        ForRanges(count, minimumPerThread: 1, (from, to) =>
        {
            T room = rooms.TryTake(out T? free) ? free : newRoom();
            for (int n = from; n < to; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(n, room);
            }

            rooms.Add(room);
        });
        return rooms;
    }

    /// <summary>Puts the number of threads back that was there before.</summary>
    public readonly struct Scope : IDisposable
    {
        private readonly int _before;

        internal Scope(int before) => _before = before;

        /// <summary>Puts the number back.</summary>
        public void Dispose() => Flowing.Value = _before;
    }
}
