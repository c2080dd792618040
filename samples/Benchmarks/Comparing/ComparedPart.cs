using System.Globalization;

namespace Benchmarks;

/// <summary>A part of both, in milliseconds.</summary>
/// <param name="Name">The part.</param>
/// <param name="Log">The other toolbox's log.</param>
/// <param name="Theirs">Each repetition of the other toolbox.</param>
/// <param name="Ours">Each of ours.</param>
internal sealed record ComparedPart(string Name, string Log, Timing Theirs, Timing Ours)
{
    /// <summary>Of the medians: how many times faster ours is.</summary>
    public double Ratio => Theirs.Median / Ours.Median;

    public static ComparedPart Of(string name, string log, IReadOnlyList<double> theirs, IEnumerable<TimeSpan> ours)
        => new(name, log, Warm([.. theirs.Select(s => s * 1000)]), Warm([.. ours.Select(t => t.TotalMilliseconds)]));

    public void Print() => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{Name,-26} {Theirs.Median,10:F1} {Theirs.Fastest,9:F1} {Theirs.Milliseconds.Count,7} "
        + $"{Ours.Median,10:F1} {Ours.Fastest,9:F1} {Ours.Milliseconds.Count,7} {Ratio,7:F1}"));

    private static Timing Warm(double[] all) => new(all.Length > 1 ? all[1..] : all);
}
