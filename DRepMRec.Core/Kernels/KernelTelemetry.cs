using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DRepMRec.Kernels;

/// <summary>Measures the loops that threads share, if somebody listens.</summary>
internal static class KernelTelemetry
{
    private static readonly Histogram<double> Duration = DRepMRecTelemetry.Meter.CreateHistogram<double>(
        "drepmrec.loop.duration", "s", "Time in loops that threads share, as the calling thread sees it.");

    /// <summary>The time before a loop, or 0 if nobody wants to know.</summary>
    public static long Start() => Duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Reports a loop that began at <paramref name="start"/>.</summary>
    public static void LoopDone(long start)
    {
        if (start != 0)
            Duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
