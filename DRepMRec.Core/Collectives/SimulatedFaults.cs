using System.Diagnostics;
using DRepMRec.Internals;

namespace DRepMRec.Collectives;

/// <summary>What goes wrong between the members of an <see cref="InProcessCollective"/>: the same for the same seed.</summary>
internal sealed record SimulatedFaults
{
    /// <summary>The seed of the delays.</summary>
    public int Seed { get; init; }

    /// <summary>The longest time that a message is under way. Each takes one of its own, so they overtake each other.</summary>
    public TimeSpan MaxDelay { get; init; }

    /// <summary>The member that is lost or stuck, if any.</summary>
    public int? Rank { get; init; }

    /// <summary>The exchange at whose beginning it is, from 1.</summary>
    public long Exchange { get; init; }

    /// <summary>Whether it is stuck, and goes on when the others have given up; otherwise it's gone without a word.</summary>
    public bool IsStuck { get; init; }

    /// <summary>The time that a message is under way, in ticks of the stopwatch.</summary>
    public long Delay(int from, int to, long exchange)
    {
        var random = new SeededRandom((ulong)Seed, (ulong)((from << 16) + to), (ulong)exchange);
        return (long)(random.NextDouble() * MaxDelay.TotalSeconds * Stopwatch.Frequency);
    }

    /// <exception cref="SimulatedLossException">The member is lost.</exception>
    public void ThrowIfLost(int rank, long exchange, string operation, TimeSpan timeout)
    {
        if (rank != Rank || exchange != Exchange)
            return;
        if (!IsStuck)
            throw new SimulatedLossException($"Process {rank} is lost at exchange {exchange} ({operation}).");
        Thread.Sleep(timeout * 3);
    }
}

/// <summary>The end of a member that is lost.</summary>
internal sealed class SimulatedLossException(string message) : Exception(message);
