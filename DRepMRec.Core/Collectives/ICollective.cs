namespace DRepMRec.Collectives;

/// <summary>What the processes of one training, or of one job of any kind, exchange: the few collective operations that it takes.</summary>
/// <remarks>
/// <see cref="MpiCollective"/> and <see cref="InProcessCollective"/> are two implementations; yours may use NCCL, gRPC or anything else
/// that delivers bytes. Each operation is called by all processes, in the same order, with arguments that agree. It returns when this
/// process has what is due to it, and ends with a <see cref="CollectiveException"/> within a time that the implementation states where a
/// peer is lost or stuck; from then on each further call ends so at once. Bytes come as they were sent: machines of different byte order
/// can't take part. Used by one thread at a time.
/// </remarks>
/// <example>
/// <code>
/// using ICollective collective = MpiCollective.Start();
/// using DRepMRecModel model = DRepMRecModel.Create(data, options, collective);
/// TrainingReport report = new Trainer(model, data, trainerOptions, logger).Fit(progress, stop.Token);
/// </code>
/// </example>
public interface ICollective : IDisposable
{
    /// <summary>The number of this process, from 0 to <see cref="Size"/> - 1.</summary>
    int Rank { get; }

    /// <summary>The number of processes, at least 1.</summary>
    int Size { get; }

    /// <summary>Gives each process the bytes of all, those of rank 0 first.</summary>
    /// <param name="own">This process's bytes, as many as its place in <paramref name="lengths"/> says.</param>
    /// <param name="all">Overwritten; as long as all lengths together, at most 2,147,483,647 bytes. Doesn't overlap with the first.</param>
    /// <param name="lengths">How many bytes each process brings, 0 or more; the same on all.</param>
    /// <exception cref="ArgumentException">Lengths don't fit. Nothing was sent.</exception>
    /// <exception cref="CollectiveException">A peer is lost or stuck, or does something else.</exception>
    void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths);

    /// <summary>Gives all processes the bytes of one.</summary>
    /// <param name="data">What the root sends; overwritten on all others, where it's as long.</param>
    /// <param name="root">The rank of the process that sends, the same on all.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such process.</exception>
    /// <exception cref="CollectiveException">A peer is lost or stuck, or does something else.</exception>
    void Broadcast(Span<byte> data, int root);

    /// <summary>Returns when all processes have called it.</summary>
    /// <exception cref="CollectiveException">A peer is lost or stuck, or does something else.</exception>
    void Barrier();
}
