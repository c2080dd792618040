namespace DRepMRec.Collectives;

/// <summary>What implementations of <see cref="ICollective"/> check alike.</summary>
internal static class CollectiveRules
{
    /// <summary>How long an exchange may take where nobody says otherwise.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static TimeSpan ThrowIfNotPositive(TimeSpan? timeout, string name)
    {
        TimeSpan value = timeout ?? DefaultTimeout;
        return value > TimeSpan.Zero && value.TotalDays <= 24
            ? value
            : throw new ArgumentOutOfRangeException(name, value, "Expected a time above 0 and of at most 24 days.");
    }

    /// <exception cref="ArgumentException">The lengths are too few or too many, or don't fit the bytes.</exception>
    public static void ThrowIfUnfit(ICollective collective, ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        if (lengths.Length != collective.Size)
        {
            throw new ArgumentException(
                $"Expected a length for each of {collective.Size} processes, got {lengths.Length}.", nameof(lengths));
        }

        long sum = 0;
        foreach (int length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(lengths));
            sum += length;
        }

        if (own.Length != lengths[collective.Rank])
        {
            throw new ArgumentException(
                $"Expected {lengths[collective.Rank]} bytes of process {collective.Rank}, got {own.Length}.", nameof(own));
        }

        if (all.Length != sum)
            throw new ArgumentException($"Expected room for {sum} bytes, got {all.Length}.", nameof(all));
    }

    /// <exception cref="ArgumentOutOfRangeException">There is no such process.</exception>
    public static void ThrowIfNoRank(ICollective collective, int rank, string name)
    {
        if ((uint)rank >= (uint)collective.Size)
            throw new ArgumentOutOfRangeException(name, rank, $"Expected a rank from 0 to {collective.Size - 1}.");
    }
}
