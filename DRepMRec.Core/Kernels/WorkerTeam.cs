namespace DRepMRec.Kernels;

/// <summary>
/// The threads that help with <see cref="SharedLoop"/>s. Loops follow each other within microseconds, so a helper looks for the next one
/// for a moment before it sleeps, and the one that was busy last is asked first. Whoever has slept for seconds ends.
/// </summary>
/// <remarks>Safe for use by many threads: each caller gets helpers that have nothing to do, or none.</remarks>
internal static class WorkerTeam
{
    private const int PatienceMilliseconds = 5000;
    private static readonly Lock Sync = new();
    private static readonly List<Worker> Idle = [];
    private static int _count;
    private static int _awake;

    /// <summary>Starts a thread. Tests put others in its place, which fail.</summary>
    internal static Action<Thread> Start { get; set; } = thread => thread.UnsafeStart();

    /// <summary>The number of helpers that don't sleep: they are busy, or look for something to do.</summary>
    public static int Awake => Volatile.Read(ref _awake);

    /// <summary>Asks helpers, as many as there is room for; fewer where others have them.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="asked">Takes those that were asked; they may have to be woken.</param>
    public static void Ask(SharedLoop loop, Span<Worker?> asked)
    {
        int most = Math.Max(asked.Length, Environment.ProcessorCount - 1);
        lock (Sync)
        {
            foreach (ref Worker? worker in asked)
            {
                if (Idle.Count == 0 && _count >= most)
                    return;
                worker = Idle.Count > 0 ? Idle[^1] : new Worker();
                if (Idle.Count > 0)
                    Idle.RemoveAt(Idle.Count - 1);
                else
                    _count++;
                worker.Offer(loop);
            }
        }
    }

    private static void IsIdle(Worker worker)
    {
        lock (Sync)
            Idle.Add(worker);
    }

    private static bool TryLeave(Worker worker)
    {
        lock (Sync)
        {
            if (!Idle.Remove(worker))
                return false;
            _count--;
            return true;
        }
    }

    /// <summary>A helper. Among the idle ones, or asked by one loop: which then calls it back, or is joined by it.</summary>
    internal sealed class Worker
    {
        private SharedLoop? _offered;
        private int _isStarted;
        private bool _sleeps;

        public void Offer(SharedLoop loop) => Interlocked.Exchange(ref _offered, loop);

        /// <summary>Wakes the thread, or starts it. Where the system has no thread to give, the loop goes on without this helper.</summary>
        /// <returns>Whether that was necessary.</returns>
        public bool Wake()
        {
            // Once: a helper may be woken for a loop that has called it back by those who helped there, and for the next one.
            if (Interlocked.Exchange(ref _isStarted, 1) == 0)
            {
                try
                {
                    Start(new Thread(Run) { IsBackground = true, Name = "DRepMRec helper" });
                    return true;
                }
                catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
                {
                    Volatile.Write(ref _isStarted, 0);
                    return false;
                }
            }

            if (!Volatile.Read(ref _sleeps))
                return false;
            lock (this)
                Monitor.Pulse(this);
            return true;
        }

        /// <summary>Takes the offer back, if it's still there.</summary>
        public void CallBack(SharedLoop loop)
        {
            if (ReferenceEquals(Interlocked.CompareExchange(ref _offered, null, loop), loop))
                IsIdle(this);
        }

        private void Run()
        {
            Interlocked.Increment(ref _awake);
            while (true)
            {
                for (var spin = new BriefSpin(); Volatile.Read(ref _offered) is null && spin.Once();)
                {
                }

                if (Volatile.Read(ref _offered) is not { } loop)
                {
                    if (!Sleep())
                        return;
                    continue;
                }

                loop.Join();
                if (ReferenceEquals(Interlocked.CompareExchange(ref _offered, null, loop), loop))
                {
                    loop.Help();

                    // Before its caller goes on, who has the next loop at hand.
                    IsIdle(this);
                }

                loop.Leave();
            }
        }

        /// <returns>Whether to go on; false once nobody has asked for long.</returns>
        private bool Sleep()
        {
            lock (this)
            {
                Volatile.Write(ref _sleeps, true);
                Interlocked.MemoryBarrier();
                Interlocked.Decrement(ref _awake);
                bool goesOn = Volatile.Read(ref _offered) is not null || Monitor.Wait(this, PatienceMilliseconds) || !TryLeave(this);
                if (goesOn)
                    Interlocked.Increment(ref _awake);
                Volatile.Write(ref _sleeps, false);
                return goesOn;
            }
        }
    }
}
