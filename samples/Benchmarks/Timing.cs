using System.Diagnostics;

namespace Benchmarks;

/// <summary>
/// Repetitions of one thing, in milliseconds on the clock and in milliseconds of processor time over all threads; the latter is what a busy
/// machine disturbs least.
/// </summary>
internal sealed record Timing(IReadOnlyList<double> Milliseconds, IReadOnlyList<double>? Processor = null)
{
    public double Median => MedianOf(Milliseconds);

    public double? MedianProcessor => Processor is null ? null : MedianOf(Processor);

    public double Fastest => Milliseconds.Min();

    /// <summary>Times several actions in turn, round after round, so that a disturbance of the machine meets all of them.</summary>
    /// <param name="rounds">The number of timed rounds, after one that warms up.</param>
    /// <param name="actions">The actions.</param>
    public static Timing[] Interleaved(int rounds, params Action[] actions)
    {
        var times = actions.Select(_ => new List<double>()).ToArray();
        var processor = actions.Select(_ => new List<double>()).ToArray();
        for (int round = -1; round < rounds; round++)
        {
            for (int n = 0; n < actions.Length; n++)
            {
                Timing once = Once(actions[n]);
                if (round < 0)
                    continue;
                times[n].Add(once.Median);
                processor[n].Add(once.MedianProcessor!.Value);
            }
        }

        return [.. times.Zip(processor, (t, p) => new Timing(t, p))];
    }

    public static Timing Once(Action action)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        action();
        double elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return new Timing([elapsed], [(Environment.CpuUsage.TotalTime - before).TotalMilliseconds]);
    }

    /// <summary>One timing of all the repetitions of several.</summary>
    public static Timing Together(IReadOnlyCollection<Timing> timings)
        => new([.. timings.SelectMany(t => t.Milliseconds)], [.. timings.SelectMany(t => t.Processor ?? [])]);

    private static double MedianOf(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);
}
