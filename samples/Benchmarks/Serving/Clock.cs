using System.Diagnostics;

namespace Benchmarks.Serving;

internal static class Clock
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.4);

    /// <summary>The times of a call, after a warm-up that gives the compiler time for its best code.</summary>
    public static Times Measure(int calls, Action<int> call)
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
        return new Times(times[calls / 2], times[0]);
    }
}

/// <summary>The times of calls, in milliseconds.</summary>
/// <param name="Median">Half of them took longer.</param>
/// <param name="Fastest">The fastest call: near the median on a machine that does nothing else.</param>
internal readonly record struct Times(double Median, double Fastest)
{
    public Times Scaled(double factor) => new(Median * factor, Fastest * factor);
}
