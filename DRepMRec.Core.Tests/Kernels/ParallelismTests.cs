using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DRepMRec.Kernels;

namespace DRepMRec.Tests.Kernels;

public sealed class ParallelismTests
{
    [Fact]
    public void The_number_of_threads_holds_for_what_is_called_and_ends_with_its_scope()
    {
        Parallelism.Threads.Should().Be(Environment.ProcessorCount);
        using (Parallelism.Use(3))
        {
            Parallelism.Threads.Should().Be(3);
            using (Parallelism.Use(1))
                Parallelism.Threads.Should().Be(1);
            Parallelism.Threads.Should().Be(3);
            int within = 0;
            var thread = new Thread(() => within = Parallelism.Threads);
            thread.Start();
            thread.Join();
            within.Should().Be(3, "work that is shared between threads belongs to the scope");
        }

        Parallelism.Threads.Should().Be(Environment.ProcessorCount);
        FluentActions.Invoking(() => Parallelism.Use(0)).Should().Throw<ArgumentOutOfRangeException>();
        Parallelism.Threads.Should().Be(Environment.ProcessorCount);
    }

    [Fact]
    public void Scopes_that_overlap_in_time_do_not_meet()
    {
        using var barrier = new Barrier(2);
        int[] seen = new int[2];
        void Run(int n)
        {
            using Parallelism.Scope scope = Parallelism.Use(n + 5);
            barrier.SignalAndWait();
            seen[n] = Parallelism.Threads;
            barrier.SignalAndWait();
        }

        Thread[] threads = [new(() => Run(0)), new(() => Run(1))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        seen.Should().Equal(5, 6);
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(4, 1000)]
    [InlineData(4, 0)]
    [InlineData(4, 7)]
    public void Ranges_cover_everything_once_on_no_more_threads_than_allowed(int threads, int count)
    {
        using Parallelism.Scope scope = Parallelism.Use(threads);
        var times = new int[count];
        var workers = new ConcurrentDictionary<int, int>();
        int running = 0;
        Parallelism.ForRanges(count, 10, (from, to) =>
        {
            Interlocked.Increment(ref running).Should().BeLessThanOrEqualTo(threads);
            workers[Environment.CurrentManagedThreadId] = Parallelism.Threads;
            for (int n = from; n < to; n++)
                Interlocked.Increment(ref times[n]);
            Interlocked.Decrement(ref running);
        });
        times.Count(t => t == 1).Should().Be(count);
        workers.Values.Should().OnlyContain(t => t == threads);
    }

    [Fact]
    public void What_a_range_throws_comes_out_after_all_who_help_have_left()
    {
        using Parallelism.Scope scope = Parallelism.Use(4);
        int inside = 0;
        void Body(int from, int to)
        {
            Interlocked.Increment(ref inside);
            try
            {
                if (from <= 500 && to > 500)
                    throw new InvalidDataException("range");
            }
            finally
            {
                Interlocked.Decrement(ref inside);
            }
        }

        for (int round = 0; round < 100; round++)
        {
            Record.Exception(() => Parallelism.ForRanges(1000, 10, Body)).Should().BeOfType<InvalidDataException>();
            Volatile.Read(ref inside).Should().Be(0);
        }
    }

    [Fact]
    public void Callers_at_once_share_the_helpers_and_each_covers_everything()
    {
        long[] covered = new long[6];
        void Run(int n)
        {
            using Parallelism.Scope scope = Parallelism.Use(n + 2);
            for (int round = 0; round < 2000; round++)
                Parallelism.ForRanges(50 + n, 1, (from, to) => Interlocked.Add(ref covered[n], to - from));
        }

        Thread[] threads = [.. Enumerable.Range(0, covered.Length).Select(n => new Thread(() => Run(n)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        covered.Should().Equal(Enumerable.Range(0, covered.Length).Select(n => 2000L * (50 + n)));
    }

    [Fact]
    public void Helpers_that_slept_are_woken_and_there_are_no_more_than_were_asked_for()
    {
        using Parallelism.Scope scope = Parallelism.Use(3);
        int inside = 0;
        var most = new ConcurrentBag<int>();
        for (int round = 0; round < 5; round++)
        {
            SpinWait.SpinUntil(() => WorkerTeam.Awake == 0, TimeSpan.FromSeconds(30)).Should().BeTrue("they sleep after a moment");
            using var all = new CountdownEvent(3);
            Parallelism.ForRanges(60, 1, (_, _) =>
            {
                most.Add(Interlocked.Increment(ref inside));
                if (!all.IsSet)
                {
                    lock (all)
                    {
                        if (!all.IsSet)
                            all.Signal();
                    }
                }

                all.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue("three are inside at once");
                Interlocked.Decrement(ref inside);
            });
        }

        most.Max().Should().Be(3);
    }

    [Fact]
    public void Shared_loops_are_measured_when_somebody_listens()
    {
        int thread = Environment.CurrentManagedThreadId;
        List<double> seconds = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Name == "drepmrec.loop.duration")
                all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) =>
        {
            if (Environment.CurrentManagedThreadId == thread)
                seconds.Add(value);
        });
        listener.Start();
        using (Parallelism.Use(1))
            Parallelism.ForRanges(100, 1, (_, _) => { });
        seconds.Should().BeEmpty("one thread shares nothing");
        using (Parallelism.Use(2))
            Parallelism.ForRanges(100, 1, (_, _) => { });
        seconds.Should().ContainSingle().Which.Should().BeInRange(1e-9, 60);
    }

    [Fact]
    public void Counts_up_to_the_largest_number_are_covered()
    {
        using Parallelism.Scope scope = Parallelism.Use(7);
        long covered = 0;
        Parallelism.ForRanges(int.MaxValue, 10, (from, to) => Interlocked.Add(ref covered, to - from));
        covered.Should().Be(int.MaxValue);
    }

    [Fact]
    public void Where_no_thread_can_be_started_the_caller_does_all_of_it()
    {
        // More helpers than any test before has left behind: those are at most 99, or one for each other processor.
        int threads = 1 + Math.Max(128, 2 * Environment.ProcessorCount);
        using Parallelism.Scope scope = Parallelism.Use(threads);
        int covered = 0, asked = 0;
        Action<Thread> before = WorkerTeam.Start;
        try
        {
            WorkerTeam.Start = _ =>
            {
                Interlocked.Increment(ref asked);
                throw new OutOfMemoryException("no thread can be started");
            };
            for (int round = 0; round < 3; round++)
            {
                Parallelism.ForRanges(10 * threads, 1, (from, to) =>
                {
                    Thread.Sleep(1);
                    Interlocked.Add(ref covered, to - from);
                });
            }
        }
        finally
        {
            WorkerTeam.Start = before;
        }

        covered.Should().Be(3 * 10 * threads);
        asked.Should().BePositive();
        using var all = new CountdownEvent(8);
        Parallelism.ForRanges(threads, 1, (_, _) =>
        {
            lock (all)
            {
                if (!all.IsSet)
                    all.Signal();
            }

            all.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue("helpers come again once threads can be started");
        });
    }

    [Fact]
    public void A_helper_that_two_wake_at_once_has_one_thread()
    {
        Action<Thread> before = WorkerTeam.Start;
        int started = 0;
        try
        {
            WorkerTeam.Start = _ => Interlocked.Increment(ref started);
            using var barrier = new Barrier(2);
            WorkerTeam.Worker[] workers = [.. Enumerable.Range(0, 5000).Select(_ => new WorkerTeam.Worker())];
            void Wake()
            {
                foreach (WorkerTeam.Worker worker in workers)
                {
                    barrier.SignalAndWait();
                    worker.Wake();
                }
            }

            var other = new Thread(Wake);
            other.Start();
            Wake();
            other.Join();
            started.Should().Be(workers.Length);
        }
        finally
        {
            WorkerTeam.Start = before;
        }
    }

    [Fact]
    public void Helpers_that_sleep_do_not_count_as_awake()
    {
        using Parallelism.Scope scope = Parallelism.Use(8);
        using var all = new CountdownEvent(8);
        var awake = new ConcurrentBag<int>();
        var came = new ConcurrentBag<bool>();
        Parallelism.ForRanges(8, 1, (_, _) =>
        {
            awake.Add(WorkerTeam.Awake);
            came.Add(all.Signal() || all.Wait(TimeSpan.FromSeconds(30)));
        });
        came.Should().OnlyContain(together => together, "eight are inside at once");
        awake.Max().Should().BeGreaterThanOrEqualTo(7, "who looks last sees all the others inside");
        SpinWait.SpinUntil(() => WorkerTeam.Awake == 0, TimeSpan.FromSeconds(4))
            .Should().BeTrue("they sleep after a moment, and end only after five seconds");
    }

    [Fact]
    public void Who_is_interrupted_waits_for_those_who_help_and_is_interrupted_then()
    {
        using var inside = new CountdownEvent(2);
        using var asked = new ManualResetEventSlim();
        int running = 0, left = -1;
        bool interrupted = false;
        var caller = new Thread(() =>
        {
            using Parallelism.Scope scope = Parallelism.Use(2);
            int own = Environment.CurrentManagedThreadId;
            Parallelism.ForRanges(2, 1, (_, _) =>
            {
                Interlocked.Increment(ref running);
                inside.Signal();
                while (!inside.IsSet)
                    Thread.SpinWait(20); // To wait here would be to be interrupted here.
                if (Environment.CurrentManagedThreadId != own)
                    asked.Wait(TimeSpan.FromSeconds(30));
                Interlocked.Decrement(ref running);
            });
            left = Volatile.Read(ref running);
            try
            {
                Thread.Sleep(TimeSpan.FromSeconds(30));
            }
            catch (ThreadInterruptedException)
            {
                interrupted = true;
            }
        });
        caller.Start();
        inside.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue();
        SpinWait.SpinUntil(
            () => Volatile.Read(ref running) == 1 && caller.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(30))
            .Should().BeTrue("the caller waits for the one who helps");
        caller.Interrupt();
        Thread.Sleep(300);
        asked.Set();
        caller.Join();
        left.Should().Be(0, "what a loop works on is the caller's again when it returns");
        interrupted.Should().BeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Each_number_comes_once_in_a_room_that_nobody_else_is_in_until_the_token_stops(int threads)
    {
        var times = new int[500];
        IReadOnlyCollection<int[]> rooms = Parallelism.ForEach(times.Length, threads, () => new int[1], (n, room) =>
        {
            Interlocked.Increment(ref room[0]).Should().Be(1);
            Parallelism.Threads.Should().Be(threads);
            times[n]++;
            Interlocked.Decrement(ref room[0]);
        });
        times.Should().OnlyContain(t => t == 1);
        rooms.Count.Should().BeInRange(1, threads);

        using var source = new CancellationTokenSource();
        int done = 0;
        void Stop() => Parallelism.ForEach(100_000, threads, () => 0, (_, _) =>
        {
            if (Interlocked.Increment(ref done) == 10)
                source.Cancel();
        }, source.Token);
        FluentActions.Invoking(Stop).Should().Throw<OperationCanceledException>().Which.CancellationToken.Should().Be(source.Token);
        done.Should().BeLessThan(100_000);
        FluentActions.Invoking(() => Parallelism.ForEach(0, threads, () => 0, (_, _) => { }, source.Token)).Should()
            .Throw<OperationCanceledException>();
    }

    [Fact]
    public void Loops_within_loops_on_more_threads_than_processors_cover_everything()
    {
        using Parallelism.Scope scope = Parallelism.Use(8 * Environment.ProcessorCount);
        int sum = 0;
        for (int round = 0; round < 50; round++)
        {
            Parallelism.ForRanges(40, 1, (first, last) =>
            {
                for (int n = first; n < last; n++)
                    Parallelism.ForRanges(100, 1, (from, to) => Interlocked.Add(ref sum, to - from));
            });
        }

        sum.Should().Be(50 * 40 * 100);
    }
}
