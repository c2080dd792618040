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
        Seen[] seen = [new(), new()];
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
        int later = 0;
        var fresh = new Thread(() => later = get_num_threads());
        fresh.Start();
        fresh.Join();
        later.Should().Be(2, "threads that begin later take the number of the process");
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

    private static float[] Train(
        TrainerOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var model = DRepMRecModel.Create(Board, new DRepMRecOptions { EmbeddingDim = 8 });
        new Trainer(model, Board, options).Fit(progress, cancellation);
        return [.. model.parameters().SelectMany(p => p.data<float>().ToArray())];
    }

    private sealed class Seen : IProgress<TrainingProgress>
    {
        public bool Fails { get; init; }

        public int Torch { get; private set; }

        public int Own { get; private set; }

        public void Report(TrainingProgress value)
        {
            (Torch, Own) = (get_num_threads(), Parallelism.Threads);
            if (Fails)
                throw new InvalidOperationException("As the test wants it.");
        }
    }
}
