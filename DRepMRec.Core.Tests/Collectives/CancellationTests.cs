using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.ItemToItem;
using DRepMRec.Training;
using Microsoft.Extensions.Logging;

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

    /// <summary>Wherever a process is asked to stop after the last epoch, all end alike.</summary>
    [Theory]
    [InlineData("LightGCN, BPR", 4)]
    [InlineData("DRepMRec with items to items", 8)]
    public void Whoever_is_asked_to_stop_after_the_last_epoch_stops_all(string training, int least)
    {
        bool[] stopped = [true, true];
        int exchanges = 0;
        while (stopped[0])
        {
            exchanges++;
            stopped = InProcessCollective.Run(2, collective =>
            {
                var stopping = new StopsAfterTraining(collective, collective.Rank == 0 ? exchanges : int.MaxValue);
                return stopping.Train(training, ColumnTraining.Board) is not null;
            });
            stopped.Should().OnlyContain(end => end == stopped[0]);
        }

        exchanges.Should().BeGreaterThan(least);
    }

    [Theory]
    [InlineData(0, long.MaxValue)]
    [InlineData(0, 0)]
    [InlineData(1, long.MaxValue)]
    public void Whoever_is_asked_to_stop_while_the_item_to_item_part_is_solved_for_or_weighed_stops_all_within_it(
        int works, long maxMatrixBytes)
    {
        // Each is far from done when its second look at the others is due.
        bool isSolved = works == 0;
        var synthetic = new SyntheticOptions { Users = 300, Items = isSolved ? 8000 : 500 };
        var part = new ItemToItemOptions { Enabled = true, MaxMatrixBytes = maxMatrixBytes };
        if (!isSolved)
            part = part with { BlendWeights = [.. Enumerable.Range(0, 10_000).Select(n => n / 1000.0)] };
        RecDataset data = SyntheticDataset.Create(synthetic).Data;
        (OperationCanceledException? End, bool Interrupted)[] ends = InProcessCollective.Run(2, collective =>
        {
            using var stop = new CancellationTokenSource();
            var stopping = new StopsWithinWork(collective, works, collective.Rank == 0 ? stop : null);
            using DRepMRecModel model = ColumnTraining.Create("LightGCN, BPR", 32, stopping, data, part);
            try
            {
                model.FitItemToItem(data, cancellationToken: stop.Token);
                return (null, stopping.WasInterrupted);
            }
            catch (OperationCanceledException end)
            {
                return ((OperationCanceledException?)end, stopping.WasInterrupted);
            }
        });
        ends.Should().OnlyContain(end => end.End != null && end.Interrupted);
        ends[1].End!.Message.Should().Be("Process 0 of 2 was asked to stop.");
    }

    /// <summary>Asks its process to stop at an exchange of one byte after the last epoch.</summary>
    private sealed class StopsAfterTraining(ICollective inner, int exchange) : ICollective, ILogger
    {
        private readonly CancellationTokenSource _stop = new();
        private bool _isTrained;
        private int _done;

        public int Rank => inner.Rank;

        public int Size => inner.Size;

        /// <returns>How it was stopped, if it was.</returns>
        public OperationCanceledException? Train(string training, RecDataset data)
        {
            using DRepMRecModel model = ColumnTraining.Create(training, 32, this, data);
            try
            {
                new Trainer(model, data, ColumnTraining.Options with { MaxEpochs = 1 }, this).Fit(cancellationToken: _stop.Token);
                return null;
            }
            catch (OperationCanceledException end)
            {
                return end;
            }
        }

        public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
        {
            if (own.Length == 1 && _isTrained && ++_done == exchange)
                _stop.Cancel();
            inner.AllGather(own, all, lengths);
        }

        public void Broadcast(Span<byte> data, int root) => inner.Broadcast(data, root);

        public void Barrier() => inner.Barrier();

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => _isTrained |= formatter(state, exception).StartsWith("Stopped ", StringComparison.Ordinal);

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public void Dispose() => inner.Dispose();
    }

    /// <summary>Asks its process to stop while it works on what comes after a number of works, and looks at what it says.</summary>
    private sealed class StopsWithinWork(ICollective inner, int works, CancellationTokenSource? stop) : ICollective
    {
        private int _done;

        /// <summary>Whether this process was asked to stop, or its work ended because another was.</summary>
        public bool WasInterrupted { get; private set; }

        public int Rank => inner.Rank;

        public int Size => inner.Size;

        public void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
        {
            inner.AllGather(own, all, lengths);
            if (own.Length > 1)
                return;
            WasInterrupted |= own[0] == (byte)JointWork.State.Cancelled;
            if (!all.ContainsAnyExcept((byte)JointWork.State.Done))
                _done++;
            else if (_done == works && own[0] == (byte)JointWork.State.Working)
                stop?.Cancel();
        }

        public void Broadcast(Span<byte> data, int root) => inner.Broadcast(data, root);

        public void Barrier() => inner.Barrier();

        public void Dispose() => inner.Dispose();
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
