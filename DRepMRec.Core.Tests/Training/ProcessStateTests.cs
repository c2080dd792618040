using System.Collections.Concurrent;
using DRepMRec.Data;
using DRepMRec.Features;
using DRepMRec.Internals;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

/// <summary>A training leaves the process as it was.</summary>
public sealed class ProcessStateTests : IDisposable
{
    private static readonly RecDataset Board = Samples.Checkerboard(20, 16);
    private readonly int _threads = get_num_threads();

    public ProcessStateTests()
    {
        TorchBackend.EnsureLoaded();
        set_num_threads(2);
    }

    public void Dispose() => set_num_threads(_threads);

    [Fact]
    public void Libtorchs_threads_are_one_during_a_training_and_what_they_were_after_it()
    {
        var seen = new Seen();
        Train(new TrainerOptions { MaxEpochs = 1, Threads = 3 }, seen);
        seen.Torch.Should().Be(1);
        seen.Own.Should().Be(3);
        get_num_threads().Should().Be(2);
        Parallelism.Threads.Should().Be(Environment.ProcessorCount);
    }

    [Fact]
    public void So_they_are_after_a_training_that_ends_by_an_error()
    {
        FluentActions.Invoking(() => Train(new TrainerOptions { MaxEpochs = 3, Threads = 3 }, new Seen { Fails = true }))
            .Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => Train(new TrainerOptions { MaxEpochs = 3, Threads = 3 }, null, new CancellationToken(true)))
            .Should().Throw<OperationCanceledException>();
        get_num_threads().Should().Be(2);
        Parallelism.Threads.Should().Be(Environment.ProcessorCount);
    }

    [Fact]
    public void Two_trainings_at_once_have_the_bits_of_one_alone_and_leave_the_process_as_it_was()
    {
        float[] alone = Train(new TrainerOptions { MaxEpochs = 3, BatchSize = 32, Threads = 2 });
        var results = new float[2][];
        using var both = new Barrier(2);
        Seen[] seen = [new() { Meets = both }, new() { Meets = both }];
        void Run(int n) => results[n] = Train(new TrainerOptions { MaxEpochs = 3, BatchSize = 32, Threads = n + 1 }, seen[n]);
        Thread[] threads = [new(() => Run(0)), new(() => Run(1))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        results[0].Should().Equal(alone);
        results[1].Should().Equal(alone);
        seen.Select(s => (s.Torch, s.Own)).Should().Equal((1, 1), (1, 2));
        get_num_threads().Should().Be(2);
        Fresh().Should().Be(2, "threads that begin later take the number of the process");
    }

    [Fact]
    public void Scopes_that_overlap_on_threads_that_live_on_leave_each_thread_and_the_process_their_numbers()
    {
        using var second = new Worker();
        for (int round = 0; round < 2; round++)
        {
            using var first = new Worker();
            first.Run(get_num_threads).Should().Be(2, "the thread has the number of the process until it has its own");
            first.Run(() => set_num_threads(3));
            set_num_threads(2);
            for (int n = 0; n < 2; n++)
            {
                IDisposable a = first.Run(TorchBackend.UseOneThread), b = second.Run(TorchBackend.UseOneThread);
                (first.Run(get_num_threads), second.Run(get_num_threads), Fresh()).Should().Be((1, 1, 1));
                first.Run(a.Dispose);
                (first.Run(get_num_threads), second.Run(get_num_threads), Fresh()).Should().Be((3, 1, 1));
                second.Run(b.Dispose);
                (first.Run(get_num_threads), second.Run(get_num_threads), Fresh()).Should().Be((3, 2, 2));
            }
        }
    }

    [Fact]
    public void A_scope_within_another_of_its_thread_leaves_it_one_thread()
    {
        using (TorchBackend.UseOneThread())
        {
            TorchBackend.UseOneThread().Dispose();
            (get_num_threads(), Fresh()).Should().Be((1, 1));
        }

        (get_num_threads(), Fresh()).Should().Be((2, 2));
    }

    [Fact]
    public void Reducing_features_gives_libtorch_its_threads_back()
    {
        float[] rows = Samples.Floats(40 * 20, 3), reduced = PrincipalComponents.Reduce(rows, 20, 4);
        get_num_threads().Should().Be(2);
        set_num_threads(1);
        PrincipalComponents.Reduce(rows, 20, 4).Should().Equal(reduced, "the factorisations round by the number of threads");
    }

    [Fact]
    public void The_allocator_is_left_alone_unless_asked()
    {
        int requests = NativeHeap.Requests;
        float[] weights = Train(new TrainerOptions { MaxEpochs = 1 });
        NativeHeap.Requests.Should().Be(requests);
        Train(new TrainerOptions { MaxEpochs = 1, KeepFreedMemory = true }).Should().Equal(weights);
        NativeHeap.Requests.Should().Be(requests + 1);
    }

    private static int Fresh()
    {
        using var fresh = new Worker();
        return fresh.Run(get_num_threads);
    }

    private static float[] Train(
        TrainerOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var model = DRepMRecModel.Create(Board, new DRepMRecOptions { EmbeddingDim = 8 });
        new Trainer(model, Board, options).Fit(progress, cancellation);
        return [.. model.parameters().SelectMany(p => p.data<float>().ToArray())];
    }

    /// <summary>A thread that lives on between the steps that it's given.</summary>
    private sealed class Worker : IDisposable
    {
        private readonly BlockingCollection<Action> _steps = [];
        private readonly Thread _thread;

        public Worker()
        {
            _thread = new Thread(() =>
            {
                foreach (Action step in _steps.GetConsumingEnumerable())
                    step();
            });
            _thread.Start();
        }

        public void Run(Action step)
        {
            using var done = new ManualResetEventSlim();
            _steps.Add(() =>
            {
                step();
                done.Set();
            });
            done.Wait();
        }

        public T Run<T>(Func<T> step)
        {
            T result = default!;
            Run(() => { result = step(); });
            return result;
        }

        public void Dispose()
        {
            _steps.CompleteAdding();
            _thread.Join();
            _steps.Dispose();
        }
    }

    private sealed class Seen : IProgress<TrainingProgress>
    {
        public bool Fails { get; init; }

        /// <summary>Where the first report waits for that of another training.</summary>
        public Barrier? Meets { get; set; }

        public int Torch { get; private set; }

        public int Own { get; private set; }

        public void Report(TrainingProgress value)
        {
            if (Meets?.SignalAndWait(TimeSpan.FromMinutes(1)) == false)
                throw new TimeoutException("The other training hasn't begun.");
            Meets = null;
            (Torch, Own) = (get_num_threads(), Parallelism.Threads);
            if (Fails)
                throw new InvalidOperationException("As the test wants it.");
        }
    }
}
