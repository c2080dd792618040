using DRepMRec.Internals;
namespace DRepMRec.Kernels;

/// <summary>How our own kernels share work between threads. Every kernel gives the same bits for every number of threads.</summary>
internal static class Parallelism
{
    private static int _threads = Environment.ProcessorCount;

    /// <summary>The most threads that a kernel uses, for the whole process. The default is the number of processors.</summary>
    public static int Threads
    {
        get => Volatile.Read(ref _threads);
        set => Volatile.Write(ref _threads, Guard.Positive(value));
    }

    /// <summary>Runs <paramref name="body"/> over [0, count) in ranges; small counts stay on the calling thread. Ranges are several times more than threads, so that a busy core holds nothing up.</summary>
    public static void ForRanges(int count, int minimumPerThread, Action<int, int> body)
    {
        int threads = Math.Min(Threads, count / Math.Max(1, minimumPerThread));
        if (threads <= 1)
        {
            body(0, count);
            return;
        }

        int chunk = Math.Max(minimumPerThread / 4, (count + (threads * 8) - 1) / (threads * 8));
        int chunks = (count + chunk - 1) / chunk;
        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, c => body(c * chunk, Math.Min(count, (c + 1) * chunk)));
    }
}
