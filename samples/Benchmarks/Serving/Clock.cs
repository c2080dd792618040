using System.Diagnostics;

namespace Benchmarks.Serving;

internal static class Clock
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.4);

    /// <summary>The median time of a call in milliseconds, after a warm-up that gives the compiler time for its best code.</summary>
    public static double Median(int calls, Action<int> call)
    {
        for (int round = 0; round < 3; round++)
        {
            var clock = Stopwatch.StartNew();
            for (int n = 0; n == 0 || (n < calls && clock.Elapsed < WarmUp); n++)
                call(n);
            Thread.Sleep(150);
        }

        var times = new double[calls];
        for (int n = 0; n < calls; n++)
        {
            long start = Stopwatch.GetTimestamp();
            call(n);
            times[n] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[calls / 2];
    }
}
