using System.Diagnostics;

namespace Benchmarks;

/// <summary>Repetitions of one thing, in milliseconds.</summary>
internal sealed record Timing(IReadOnlyList<double> Milliseconds)
{
    public double Median => Milliseconds.Order().ElementAt(Milliseconds.Count / 2);

    public double Fastest => Milliseconds.Min();

    /// <summary>Times some actions in turn, round after round, so that whatever disturbs the machine disturbs all of them.</summary>
    /// <param name="rounds">The number of timed rounds, after one that warms up.</param>
    /// <param name="actions">The actions.</param>
    public static Timing[] Interleaved(int rounds, params Action[] actions)
    {
        var times = actions.Select(_ => new List<double>()).ToArray();
        for (int round = -1; round < rounds; round++)
        {
            for (int n = 0; n < actions.Length; n++)
            {
                long started = Stopwatch.GetTimestamp();
                actions[n]();
                if (round >= 0)
                    times[n].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        return [.. times.Select(t => new Timing(t))];
    }

    public static Timing Once(Action action)
    {
        long started = Stopwatch.GetTimestamp();
        action();
        return new Timing([Stopwatch.GetElapsedTime(started).TotalMilliseconds]);
    }
}
