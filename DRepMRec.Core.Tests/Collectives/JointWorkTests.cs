using DRepMRec.Baselines;
using DRepMRec.Collectives;
using DRepMRec.Graphs;
using DRepMRec.Tests.Support;

namespace DRepMRec.Tests.Collectives;

public sealed class JointWorkTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public void Whoever_is_asked_to_stop_stops_all_within_their_work()
    {
        using var stop = new CancellationTokenSource();
        (int Result, Exception? Error)[] ends = InProcessCollective.Run(InProcessCollective.Create(3, Long), collective =>
        {
            collective.Together("to work", token =>
            {
                if (collective.Rank == 1)
                    stop.Cancel();
                WaitFor(token);
            }, collective.Rank == 1 ? stop.Token : default);
            return 0;
        });
        ends[1].Error.Should().BeOfType<OperationCanceledException>().Which.CancellationToken.Should().Be(stop.Token);
        foreach (int rank in new[] { 0, 2 })
            ends[rank].Error.Should().BeOfType<OperationCanceledException>().Which.Message.Should().Be("Process 1 of 3 was asked to stop.");
    }

    [Fact]
    public void What_fails_on_one_stops_the_others_within_their_work_and_says_why()
    {
        (int Result, Exception? Error)[] ends = InProcessCollective.Run(InProcessCollective.Create(2, Long), collective =>
        {
            collective.Together("to work", token =>
            {
                if (collective.Rank == 1)
                    throw new ArithmeticException("It can't be inverted.");
                WaitFor(token);
            }, default);
            return 0;
        });
        ends[1].Error.Should().BeOfType<ArithmeticException>();
        CollectiveException other = ends[0].Error.Should().BeOfType<CollectiveException>().Subject;
        other.Message.Should().Be("Process 1 of 2 failed to work: ArithmeticException: It can't be inverted.");
        other.Failure.Should().Be(CollectiveFailure.PeerFailed);
    }

    [Fact]
    public void A_cancellation_that_nobody_asked_for_is_a_failure()
    {
        foreach (bool isShort in new[] { false, true })
        {
            (int Result, Exception? Error)[] ends = InProcessCollective.Run(InProcessCollective.Create(2, Long), collective =>
            {
                void Work(CancellationToken token)
                {
                    if (collective.Rank == 1)
                        throw new TaskCanceledException("A request took too long.");
                    if (token.CanBeCanceled)
                        WaitFor(token);
                }

                if (isShort)
                    collective.Together("to work", () => Work(default));
                else
                    collective.Together("to work", Work, default);
                return 0;
            });
            ends[1].Error.Should().BeOfType<TaskCanceledException>().Which.Message.Should().Be("A request took too long.");
            ends[0].Error.Should().BeOfType<CollectiveException>().Which.Message.Should()
                .Be("Process 1 of 2 failed to work: TaskCanceledException: A request took too long.");
        }
    }

    [Fact]
    public void Where_no_thread_can_be_started_all_are_told_so()
    {
        (int Result, Exception? Error)[] ends = InProcessCollective.Run(InProcessCollective.Create(2, Long), collective =>
        {
            collective.Together("to work", WaitFor, default, start: collective.Rank == 0 ? null
                : _ => throw new OutOfMemoryException("There is no thread."));
            return 0;
        });
        ends[1].Error.Should().BeOfType<OutOfMemoryException>();
        ends[0].Error.Should().BeOfType<CollectiveException>().Which.Message.Should()
            .Be("Process 1 of 2 failed to work: OutOfMemoryException: There is no thread.");
    }

    [Fact]
    public void Who_is_done_sooner_than_the_others_does_not_take_them_for_lost()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(3);
        int[] done = InProcessCollective.Run(3, collective =>
        {
            collective.Together("to work", _ => Thread.Sleep(collective.Rank == 1 ? timeout * 1.5 : TimeSpan.Zero), default);
            return 1;
        }, timeout);
        done.Should().Equal(1, 1, 1);
    }

    [Fact]
    public void A_peer_that_is_lost_ends_the_work_before_the_error_comes_out()
    {
        bool[] ended = new bool[3];
        (int Result, Exception? Error)[] ends = InProcessCollective.Run(InProcessCollective.Create(3, Long), collective =>
        {
            if (collective.Rank == 2)
                return 0; // Leaves.
            try
            {
                collective.Together("to work", token =>
                {
                    token.WaitHandle.WaitOne(Long);
                    ended[collective.Rank] = true;
                }, default);
            }
            catch (CollectiveException exception)
            {
                ended[collective.Rank].Should().BeTrue();
                exception.Failure.Should().Be(CollectiveFailure.PeerLost);
                return 1;
            }

            return 2;
        });
        ends.Select(end => end.Result).Should().Equal(1, 1, 0);
        ends.Should().OnlyContain(end => end.Error == null);
    }

    [Fact]
    public void Whoever_is_asked_to_stop_when_its_work_is_done_stops_the_others_within_theirs()
    {
        using var stop = new CancellationTokenSource();
        (int Result, Exception? Error)[] ends = InProcessCollective.Run(InProcessCollective.Create(2, Long), collective =>
        {
            collective.Together("to work", token =>
            {
                if (collective.Rank == 1)
                    stop.Cancel();
                else
                    WaitFor(token);
            }, collective.Rank == 1 ? stop.Token : default);
            return 0;
        });
        ends.Should().OnlyContain(end => end.Error is OperationCanceledException);
    }

    [Fact]
    public void One_process_works_on_its_own_thread_by_its_own_token()
    {
        using var stop = new CancellationTokenSource();
        int thread = 0;
        CancellationToken seen = default;
        foreach (ICollective? one in new ICollective?[] { null, InProcessCollective.Create(1)[0] })
        {
            one.Together("to work", token => (thread, seen) = (Environment.CurrentManagedThreadId, token), stop.Token);
            (thread, seen).Should().Be((Environment.CurrentManagedThreadId, stop.Token));
        }
    }

    [Fact]
    public void Neighbours_and_the_baselines_of_them_stop_by_a_token()
    {
        var stop = new CancellationToken(canceled: true);
        var data = Samples.Checkerboard(40, 30);
        foreach (Action act in new Action[]
        {
            () => _ = new ItemKnnRecommender(data.Train, cancellationToken: stop),
            () => _ = new EaseRecommender(data.Train, cancellationToken: stop),
            () => NeighborGraph.CoOccurrence(new InteractionGraph(data.Train), 5, cancellationToken: stop),
            () => NeighborGraph.Cosine(data.Features[0].Values, data.Features[0].Dimension, 5, stop),
            () => NeighborGraph.ApproximateCosine(data.Features[0].Values, data.Features[0].Dimension, 5, cancellationToken: stop),
        })
        {
            act.Should().Throw<OperationCanceledException>();
        }
    }

    private static void WaitFor(CancellationToken token)
    {
        token.WaitHandle.WaitOne(Long);
        token.ThrowIfCancellationRequested();
    }
}
