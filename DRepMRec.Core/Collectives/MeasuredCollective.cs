using System.Diagnostics;

namespace DRepMRec.Collectives;

/// <summary>Counts what goes over another collective, as this process sees it: exchanges, bytes, and their time.</summary>
/// <remarks>
/// Bytes are those of the messages: what this process brings, and what it gets of others. How often a library sends them on its way, and
/// what it wraps them in, isn't counted. Disposes the other one with itself.
/// </remarks>
/// <param name="inner">The collective to count at.</param>
public sealed class MeasuredCollective(ICollective inner) : ICollective
{
    private readonly ICollective _inner = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public int Rank => _inner.Rank;

    /// <inheritdoc/>
    public int Size => _inner.Size;

    /// <summary>The number of exchanges.</summary>
    public long Exchanges { get; private set; }

    /// <summary>The bytes that this process brought.</summary>
    public long BytesBrought { get; private set; }

    /// <summary>The bytes that this process got of others.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>The time within exchanges: on the way, and waiting for others.</summary>
    public TimeSpan Time { get; private set; }

    /// <inheritdoc/>
    public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.AllGather(own, all, lengths);
        Count(start, own.Length, all.Length - own.Length);
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> data, int root)
    {
        long start = Stopwatch.GetTimestamp();
        _inner.Broadcast(data, root);
        Count(start, root == Rank ? data.Length : 0, root == Rank ? 0 : data.Length);
    }

    /// <inheritdoc/>
    public void Barrier()
    {
        long start = Stopwatch.GetTimestamp();
        _inner.Barrier();
        Count(start, 0, 0);
    }

    /// <summary>Begins at 0 again.</summary>
    public void Reset() => (Exchanges, BytesBrought, BytesReceived, Time) = (0, 0, 0, default);

    /// <inheritdoc/>
    public void Dispose() => _inner.Dispose();

    private void Count(long start, long brought, long received)
    {
        Exchanges++;
        BytesBrought += brought;
        BytesReceived += received;
        Time += Stopwatch.GetElapsedTime(start);
    }
}
