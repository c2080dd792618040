using DRepMRec.Collectives;
using DRepMRec.Training;

namespace DRepMRec.Tests.Collectives;

public sealed class CancellationTests
{
    [Fact]
    public void Who_is_asked_to_stop_after_having_told_the_others_stops_with_them_the_next_time()
    {
        int[] stopped = InProcessCollective.Run(2, collective =>
        {
            using var source = new CancellationTokenSource();
            var peers = new TrainingPeers(new CancelsAfterwards(collective, collective.Rank == 1 ? source : null));
            for (int asked = 1; ; asked++)
            {
                try
                {
                    peers.ThrowIfCancelled(source.Token);
                }
                catch (OperationCanceledException)
                {
                    return asked;
                }
            }
        });
        stopped.Should().Equal(2, 2);
    }

    [Theory]
    [InlineData("LightGCN, BPR", 2)]
    [InlineData("DRepMRec with items to items", 5)]
    public void Whoever_is_asked_to_stop_after_the_last_epoch_stops_all(string training, int asked)
    {
        int exchanges = InProcessCollective.Run(2, collective =>
        {
            using var stop = new CancellationTokenSource();
            var counting = new Stopping(collective, int.MaxValue, stop);
            Train(training, counting, stop.Token);
            return counting.Done;
        })[0];
        for (int before = 1; before < asked; before++)
        {
            Func<bool[]> act = () => InProcessCollective.Run(2, collective =>
            {
                using var stop = new CancellationTokenSource();
                var stopping = new Stopping(collective, collective.Rank == 1 ? exchanges - before : int.MaxValue, stop);
                try
                {
                    Train(training, stopping, stop.Token);
                    return false;
                }
                catch (OperationCanceledException)
                {
                    return true;
                }
            });
            act().Should().Equal(true, true);
        }
    }

    private static void Train(string training, ICollective collective, CancellationToken token)
    {
        using DRepMRecModel model = ColumnTraining.Create(training, 32, collective);
        new Trainer(model, ColumnTraining.Board, ColumnTraining.Options with { MaxEpochs = 1 }).Fit(cancellationToken: token);
    }

    /// <summary>Asks its process to stop when an exchange is done.</summary>
    private sealed class CancelsAfterwards(ICollective inner, CancellationTokenSource? source) : ICollective
    {
        public int Rank => inner.Rank;

        public int Size => inner.Size;

        public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
        {
            inner.AllGather(own, all, lengths);
            source?.Cancel();
        }

        public void Broadcast(Span<byte> data, int root) => inner.Broadcast(data, root);

        public void Barrier() => inner.Barrier();

        public void Dispose() => inner.Dispose();
    }
}
