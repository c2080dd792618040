using System.Diagnostics;
using DRepMRec.Collectives;

namespace DRepMRec.Tests.Collectives;

public sealed class InProcessCollectiveTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Each_gets_the_bytes_of_all_in_the_order_of_ranks(int size)
    {
        int[] counts = [.. Enumerable.Range(0, size).Select(rank => rank * 3 % 4)];
        int[] expected = [.. counts.SelectMany((count, rank) => Enumerable.Range(10 * rank, count))];
        int[][] all = InProcessCollective.Run(size, collective =>
        {
            var got = new int[expected.Length];
            collective.AllGather<int>([.. Enumerable.Range(10 * collective.Rank, counts[collective.Rank])], got, counts);
            return got;
        });
        all.Should().HaveCount(size).And.OnlyContain(got => got.SequenceEqual(expected));
    }

    [Fact]
    public void The_root_gives_its_bytes_to_all()
    {
        byte[][] all = InProcessCollective.Run(4, collective =>
        {
            byte[] data = collective.Rank == 2 ? [7, 8, 9] : new byte[3];
            collective.Broadcast(data, 2);
            return data;
        });
        all.Should().OnlyContain(data => data.SequenceEqual(new byte[] { 7, 8, 9 }));
    }

    [Fact]
    public void Nobody_passes_a_barrier_before_all_have_come()
    {
        int come = 0;
        int[] seen = InProcessCollective.Run(4, collective =>
        {
            Interlocked.Increment(ref come);
            collective.Barrier();
            return Volatile.Read(ref come);
        });
        seen.Should().Equal(4, 4, 4, 4);
    }

    [Fact]
    public void Messages_that_overtake_each_other_are_taken_in_order()
    {
        var faults = new SimulatedFaults { Seed = 3, MaxDelay = TimeSpan.FromMilliseconds(5) };
        (int[]? Sums, Exception? Error)[] ends = InProcessCollective.Run(InProcessCollective.Create(3, null, faults), collective =>
        {
            var sums = new int[20];
            for (int n = 0; n < sums.Length; n++)
                sums[n] = collective.AllGather((collective.Rank + 1) * n).Sum();
            return sums;
        });
        ends.Should().OnlyContain(end => end.Error == null && end.Sums!.SequenceEqual(Enumerable.Range(0, 20).Select(n => 6 * n)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_peer_that_is_lost_or_stuck_ends_all_with_a_named_error(bool isStuck)
    {
        var faults = new SimulatedFaults { Rank = 1, Exchange = 2, IsStuck = isStuck };
        (int Result, Exception? Error)[] ends = InProcessCollective.Run(InProcessCollective.Create(3, Short + Short, faults), collective =>
        {
            for (int n = 0; n < 5; n++)
                collective.AllGather(n);
            return 0;
        });
        ends.Should().OnlyContain(end => end.Error != null);
        ends[0].Error.Should().BeOfType<CollectiveException>().Which.Message.Should()
            .MatchRegex("^Process 0 of 3 in exchange [2-5] \\(all-gather\\): (nothing came of process 1 within 2 s: it is lost or stuck"
                + "|process [12] has left)\\.$");
        ends[2].Error.Should().BeOfType<CollectiveException>();
        (ends[1].Error is CollectiveException).Should().Be(isStuck);
    }

    [Fact]
    public void All_messages_of_an_exchange_have_the_time_out_together()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(3);
        double Seconds(SimulatedFaults faults, int from) => Stopwatch.GetElapsedTime(0, faults.Delay(from, 0, 1)).TotalSeconds;

        // Each message comes within the time-out of the one before, the second one far beyond that of the exchange.
        SimulatedFaults late = Enumerable.Range(0, 100_000)
            .Select(seed => new SimulatedFaults { Seed = seed, MaxDelay = timeout + timeout })
            .First(faults => Seconds(faults, 1) is > 2.8 and < 2.9 && Seconds(faults, 2) is > 5.5 and < 5.7);
        (byte Result, Exception? Error)[] ends = InProcessCollective.Run(
            InProcessCollective.Create(3, timeout, late), collective => collective.AllGather((byte)collective.Rank)[0]);
        CollectiveException error = ends[0].Error.Should().BeOfType<CollectiveException>().Subject;
        error.Failure.Should().Be(CollectiveFailure.TimedOut);
        error.Message.Should().MatchRegex(
            "^Process 0 of 3 in exchange 1 \\(all-gather\\): nothing came of process [12] within 3 s");
    }

    [Fact]
    public void After_a_failure_each_further_call_fails_at_once()
    {
        IReadOnlyList<InProcessCollective> members = InProcessCollective.Create(2, Short);
        using InProcessCollective first = members[0], second = members[1];
        Action act = () => first.Barrier();
        string message = act.Should().Throw<CollectiveException>().Which.Message;
        second.Barrier();
        act.Should().Throw<CollectiveException>().Which.Message.Should().Be(message);
    }

    [Fact]
    public void A_peer_that_has_left_is_named_at_once()
    {
        IReadOnlyList<InProcessCollective> members = InProcessCollective.Create(2);
        members[1].Dispose();
        Action act = () => members[0].Barrier();
        act.Should().Throw<CollectiveException>().WithMessage("Process 0 of 2 in exchange 1 (barrier): process 1 has left.")
            .Which.Failure.Should().Be(CollectiveFailure.PeerLost);
    }

    [Fact]
    public void Processes_that_do_different_things_are_told_so()
    {
        Action act = () => InProcessCollective.Run(2, collective =>
        {
            if (collective.Rank == 0)
                collective.AllGather(1L);
            else
                collective.AllGather(1);
            return 0;
        });
        act.Should().Throw<CollectiveException>().WithMessage("*expected * bytes of process *: the processes don't do the same.")
            .Which.Failure.Should().Be(CollectiveFailure.Mismatch);
    }

    [Fact]
    public void Arguments_that_do_not_fit_are_refused_before_anything_is_sent()
    {
        using InProcessCollective one = InProcessCollective.Create(1)[0];
        ((Action)(() => one.AllGather([1], new byte[1], [1, 1]))).Should().Throw<ArgumentException>()
            .WithMessage("Expected a length for each of 1 processes, got 2.*");
        ((Action)(() => one.AllGather([1], new byte[1], [2]))).Should().Throw<ArgumentException>()
            .WithMessage("Expected 2 bytes of process 0, got 1.*");
        ((Action)(() => one.AllGather([1], new byte[2], [1]))).Should().Throw<ArgumentException>()
            .WithMessage("Expected room for 1 bytes, got 2.*");
        ((Action)(() => one.Broadcast(new byte[1], 1))).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("Expected a rank from 0 to 0.*");
        ((Action)(() => InProcessCollective.Create(1, TimeSpan.Zero))).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void What_fails_on_one_fails_on_all_with_its_cause()
    {
        (int Result, Exception? Error)[] ends = InProcessCollective.Run(InProcessCollective.Create(3), collective =>
        {
            collective.Together("to write", () =>
            {
                if (collective.Rank == 1)
                    throw new IOException("No space left on device");
            });
            return 0;
        });
        ends[1].Error.Should().BeOfType<IOException>();
        foreach (int rank in new[] { 0, 2 })
        {
            ends[rank].Error.Should().BeOfType<CollectiveException>().Which.Message.Should()
                .Be("Process 1 of 3 failed to write: IOException: No space left on device");
        }
    }

    [Fact]
    public void What_is_exchanged_is_counted()
    {
        int[] counts = [5, 3, 2];
        (long Exchanges, long Brought, long Received)[] counted = InProcessCollective.Run(3, collective =>
        {
            var measured = new MeasuredCollective(collective);
            measured.AllGather<float>(new float[counts[measured.Rank]], new float[10], counts);
            measured.Broadcast(new byte[7], 2);
            measured.Barrier();
            return (measured.Exchanges, measured.BytesBrought, measured.BytesReceived);
        });
        counted.Should().Equal((3, 20, 27), (3, 12, 35), (3, 15, 32));
    }
}
