using System.Runtime.InteropServices;
using DRepMRec.Collectives;
using DRepMRec.Tests.Collectives;

namespace DRepMRec.Tests.Reliability;

/// <summary>A process of a training that <c>mpirun</c> starts. It prints lines that begin with its rank.</summary>
internal static class PeerProcess
{
    public const int Stopped = 130, Failed = 3;

    /// <summary>In place of a training: this program begins and ends MPI, and the library uses it in between.</summary>
    public const string Begun = "begun";

    /// <param name="training">
    /// What is trained, one after the other between semicolons; with "forever" at its end a training that goes on until it is stopped.
    /// </param>
    /// <param name="checkpoint">Its checkpoint.</param>
    /// <param name="stuckRank">The rank of a process that stops in the midst of it, or -1.</param>
    /// <param name="timeout">How many seconds an exchange may take.</param>
    public static int Run(string training, string checkpoint, int stuckRank, int timeout)
    {
        if (training == Begun)
            return UseWhatIsBegun();
        using var stop = new CancellationTokenSource();
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        try
        {
            using var collective = new MeasuredCollective(MpiCollective.Start(TimeSpan.FromSeconds(timeout)));
            Console.WriteLine($"{collective.Rank} process {Environment.ProcessId}");
            const string Forever = ", forever";
            int number = 0, reports = 0;
            foreach (string one in training.Split(';'))
            {
                bool isEndless = one.EndsWith(Forever, StringComparison.Ordinal);
                string name = isEndless ? one[..^Forever.Length] : one;
                string file = number++ == 0 ? checkpoint : $"{checkpoint}.{number}";
                string checksum = ColumnTraining.Run(
                    name, 64, stuckRank < 0 ? collective : new Stuck(collective, stuckRank), file, stop.Token, report: () =>
                    {
                        if (++reports == 20)
                            Console.WriteLine($"{collective.Rank} is under way");
                    }, epochs: isEndless ? 1_000_000 : null);
                Console.WriteLine($"{collective.Rank} checksum {checksum} {name}");
            }

            return 0;
        }
        catch (OperationCanceledException exception)
        {
            Console.WriteLine($"cancelled: {exception.Message}");
            return Stopped;
        }
        catch (CollectiveException exception)
        {
            Console.WriteLine($"{exception.Failure}: {exception.Message}");
            return Failed;
        }
    }

    private static unsafe int UseWhatIsBegun()
    {
        // As a program does that has MPI for its own ends too.
        MpiLibrary library = MpiLibrary.Load(null);
        int level, before, after;
        library.InitThread(null, null, MpiLibrary.ThreadSerialized, &level);
        string place;
        using (var collective = MpiCollective.Start(TimeSpan.FromSeconds(30)))
        {
            place = $"{collective.Rank} of {collective.Size}";
            collective.Barrier();
        }

        library.Finalized(&before);
        if (before == 0)
            library.Finalize();
        library.Finalized(&after);
        Console.WriteLine($"{place}, ended: {before}, then {after}");
        return 0;
    }

    /// <summary>Sleeps for ever in the midst of a training.</summary>
    private sealed class Stuck(ICollective inner, int rank) : ICollective
    {
        private int _done;

        public int Rank => inner.Rank;

        public int Size => inner.Size;

        public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
        {
            if (++_done == 50 && Rank == rank)
                Thread.Sleep(Timeout.Infinite);
            inner.AllGather(own, all, lengths);
        }

        public void Broadcast(Span<byte> data, int root) => inner.Broadcast(data, root);

        public void Barrier() => inner.Barrier();

        public void Dispose() => inner.Dispose();
    }
}
