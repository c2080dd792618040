using System.Globalization;

namespace Benchmarks;

/// <summary>One repetition, in milliseconds: on the clock, of processor time, and in loops that threads share.</summary>
internal sealed record Turn(double Clock, double Processor, double Loops);

/// <summary>Medians with a number of threads, in milliseconds.</summary>
/// <param name="Threads">The number of threads.</param>
/// <param name="Median">On the clock.</param>
/// <param name="Fastest">On the clock, of the fastest repetition.</param>
/// <param name="Processor">Of processor time, over all threads.</param>
/// <param name="Serial">On the clock, outside of loops that threads share; with one thread nothing is shared.</param>
internal sealed record ScalingPoint(int Threads, double Median, double Fastest, double Processor, double? Serial);

/// <summary>How a part scales.</summary>
/// <param name="Name">The part.</param>
/// <param name="Points">By ascending numbers of threads.</param>
/// <param name="Copies">How many of it ran side by side, with one thread each.</param>
/// <param name="MedianBeside">What each of them took then, in milliseconds; <see langword="null"/> of one alone.</param>
internal sealed record ScalingPart(string Name, IReadOnlyList<ScalingPoint> Points, int Copies, double? MedianBeside)
{
    /// <summary>
    /// How many times as much as of one alone with one thread gets done of copies side by side: what processors that share caches, memory
    /// and perhaps a core have to give.
    /// </summary>
    public double? Room => Points[0].Threads == 1 ? Copies * Points[0].Median / MedianBeside : null;

    /// <summary>
    /// The time outside of shared loops with the fewest threads that share, as a share of what one thread takes; <see langword="null"/>
    /// without both.
    /// </summary>
    public double? SerialShare
        => Points[0].Threads == 1 && Points.FirstOrDefault(p => p.Threads > 1) is { } shared ? shared.Serial / Points[0].Median : null;

    public static ScalingPart Of(
        string name, IReadOnlyDictionary<int, List<Turn>> turns, IReadOnlyCollection<Turn> beside, int copies) => new(name,
    [
        .. turns.OrderBy(t => t.Key).Select(t => new ScalingPoint(
            t.Key, Median(t.Value.Select(x => x.Clock)), t.Value.Min(x => x.Clock), Median(t.Value.Select(x => x.Processor)),
            t.Key == 1 ? null : Median(t.Value.Select(x => x.Clock - x.Loops)))),
    ], copies, beside.Count == 0 ? null : Median(beside.Select(x => x.Clock)));

    /// <summary>Times one thread, by Amdahl's law.</summary>
    public static double Foresee(double serialShare, int threads) => 1 / (serialShare + ((1 - serialShare) / threads));

    public void Print()
    {
        foreach (ScalingPoint p in Points)
        {
            ScalingPoint first = Points[0];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Name,-26} {p.Threads,7} {p.Median,10:F1} {p.Fastest,9:F1} {first.Median / p.Median,6:F2} {p.Processor,9:F1} "
                + $"{(p.Processor / first.Processor) - 1,9:P0} {p.Serial,10:F1}"));
        }
    }

    public void PrintForeseen(IEnumerable<int> threads)
    {
        if (SerialShare is { } share)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Name,-54} {share,9:P1} ")
                + string.Concat(threads.Select(n => string.Create(CultureInfo.InvariantCulture, $"{Foresee(share, n),6:F1}"))));
        }
    }

    public void PrintRoom()
    {
        if (Room is { } room)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Name,-26} {Copies,3} at once: {room:F2} times"));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
