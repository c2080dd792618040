using System.Diagnostics;

namespace DRepMRec.Kernels;

/// <summary>
/// Looks again and again for what is about to happen, for longer than it takes to sleep and to be woken.
/// </summary>
internal readonly struct BriefSpin
{
    private static readonly long Limit = Stopwatch.Frequency / 20_000;

    private readonly long _start = WorkerTeam.Awake < Environment.ProcessorCount ? Stopwatch.GetTimestamp() : long.MinValue / 2;

    public BriefSpin()
    {
    }

    /// <summary>Waits for a moment.</summary>
    /// <returns>Whether it's worth to look again: not where others wait for the processor.</returns>
    public bool Once()
    {
        Thread.SpinWait(8);
        return Stopwatch.GetTimestamp() - _start < Limit;
    }
}
