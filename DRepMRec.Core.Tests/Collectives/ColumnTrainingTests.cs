using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Losses;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Serving;
using DRepMRec.Training;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace DRepMRec.Tests.Collectives;

public sealed class ColumnTrainingTests
{
    private const int Users = 40, Items = 30;

    public static TheoryData<string, int, int> Trainings => new()
    {
        { "LightGCN, BPR", 64, 1 }, { "LightGCN, BPR", 64, 2 }, { "LightGCN, BPR", 64, 4 },
        { "LightGCN, softmax", 64, 1 }, { "LightGCN, softmax", 64, 2 }, { "LightGCN, softmax", 64, 4 },
        { "LightGCN, BPR of cosines", 64, 4 }, { "LightGCN, BPR", 40, 3 }, { "BPR-MF", 64, 4 }, { "FREEDOM", 32, 2 },
        { "DRepMRec", 32, 1 }, { "DRepMRec", 32, 2 }, { "DRepMRec with items to items", 32, 2 },
    };

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Any_number_of_processes_gives_the_bits_of_one_without_a_collective(string training, int dimension, int processes)
    {
        string expected = ColumnTraining.Run(training, dimension, null);
        string[] found = InProcessCollective.Run(processes, collective => ColumnTraining.Run(training, dimension, collective));
        found.Should().HaveCount(processes).And.OnlyContain(checksum => checksum == expected);
    }

    [Theory]
    [InlineData("LightGCN, BPR")]
    [InlineData("FREEDOM")]
    public void What_several_processes_trained_takes_new_interactions_as_what_one_trained(string training)
    {
        Recommender Refreshed(ICollective? collective)
        {
            using DRepMRecModel model = ColumnTraining.Create(training, 32, collective);
            Recommender trained = new Trainer(model, ColumnTraining.Board, ColumnTraining.Options).Fit()
                .BuildRecommender(new RecommenderOptions { IncludeRefresh = true, Calibrate = false });
            trained.RefreshKind.Should().Be(RefreshKind.Exact);
            return trained.WithInteractions([new Interaction("new", ColumnTraining.Board.Items[0])]);
        }

        Recommender alone = Refreshed(null);
        foreach (Recommender one in InProcessCollective.Run(2, Refreshed))
            one.ShouldBeTheSameAs(alone);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Each_process_holds_its_share_of_the_embeddings_their_moments_and_gradients(int processes)
    {
        long[] held = InProcessCollective.Run(processes, collective =>
        {
            using DRepMRecModel model = ColumnTraining.Create("LightGCN, BPR", 64, collective);
            using var state = new TrainingState(model, ColumnTraining.Options);
            TrainingBatch batch = new BatchSampler(ColumnTraining.Board.Train, model.Loss, ColumnTraining.Options.Negatives, 64, seed: 1)
                .Epoch(1, model.Prepare).First();
            using DisposeScope scope = NewDisposeScope();
            state.Optimizer.ZeroGradients();
            model.ComputeLoss(batch, l2: 0.1).Total.backward();
            Tensor[] tensors = [.. model.parameters(), .. model.parameters().Select(p => p.grad!), .. state.Optimizer.Moments];
            return tensors.Sum(tensor => tensor.numel() * sizeof(float));
        });
        held.Should().Equal(Enumerable.Repeat((Users + Items) * 64L * 4 * sizeof(float) / processes, processes));
    }

    [Theory]
    [InlineData("LightGCN, BPR")]
    [InlineData("LightGCN, softmax")]
    [InlineData("DRepMRec")]
    public void The_bytes_of_a_step_are_those_of_the_formula(string training)
    {
        const int Dimension = 64, Processes = 4;
        TrainerOptions options = ColumnTraining.Options with { MaxEpochs = 1, EvaluateEvery = 2 };
        RecDataset data = ColumnTraining.WithoutValidation;
        long[] received = InProcessCollective.Run(Processes, collective =>
        {
            using var measured = new MeasuredCollective(collective);
            using DRepMRecModel model = ColumnTraining.Create(training, Dimension, measured, data);
            new Trainer(model, data, options).Fit();
            long all = measured.BytesReceived;
            measured.Reset();
            new Trainer(model, data, options with { BatchSize = data.Train.Count }).Fit();
            return all - measured.BytesReceived;
        });
        long Formula(int batchSize)
        {
            using DRepMRecModel model = ColumnTraining.Create(training, Dimension, null, data);
            const int Own = Dimension / Processes, Blocks = Dimension / ColumnPartition.BlockSize;
            return new BatchSampler(data.Train, model.Loss, options.Negatives, batchSize, options.Seed).Epoch(1)
                .Sum(batch => ((batch.Compact.Rows.Users.Length + batch.Compact.Rows.Items.Length) * (Dimension - Own) * sizeof(float))
                    + (2L * (Blocks - (Blocks / Processes)) * sizeof(double)) + (Processes - 1));
        }

        // What the others get before the first step, of process 0, says how large batches are.
        received[0].Should().Be(Formula(options.BatchSize!.Value) - Formula(data.Train.Count));
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    [InlineData(4, 0)]
    [InlineData(0, 2)]
    public void A_checkpoint_is_of_any_number_of_processes(int before, int after)
    {
        using var folder = new TempFolder();
        string file = folder["run.checkpoint"];
        string expected = ColumnTraining.Run("LightGCN, BPR", 64, null);
        Action stopped = () => On(before, collective => ColumnTraining.Run("LightGCN, BPR", 64, collective, file, stopAfter: 7));
        stopped.Should().Throw<OperationCanceledException>();
        On(after, collective => ColumnTraining.Run("LightGCN, BPR", 64, collective, file)).Should().OnlyContain(c => c == expected);
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Should()
            .BeEquivalentTo(["run.checkpoint", "run.checkpoint.previous"], "it is written once");
    }

    [Fact]
    public void Any_process_may_ask_all_to_stop()
    {
        using var folder = new TempFolder();
        string file = folder["run.checkpoint"];
        (string? Result, Exception? Error)[] ends = InProcessCollective.Run(InProcessCollective.Create(3), collective =>
        {
            using var stop = new CancellationTokenSource();
            var counted = new Stopping(collective, collective.Rank == 2 ? 60 : int.MaxValue, stop);
            return ColumnTraining.Run("LightGCN, BPR", 48, counted, file, token: stop.Token);
        });
        ends.Should().OnlyContain(end => end.Error is OperationCanceledException);
        ends[0].Error!.Message.Should().Be("Process 2 of 3 was asked to stop.");
        On(2, collective => ColumnTraining.Run("LightGCN, BPR", 48, collective, file)).Should()
            .OnlyContain(checksum => checksum == ColumnTraining.Run("LightGCN, BPR", 48, null));
    }

    [Fact]
    public void One_reports_and_all_log_with_their_rank()
    {
        (int Reports, string Log)[] said = InProcessCollective.Run(2, collective =>
        {
            var log = new RankLog();
            int reports = 0;
            ColumnTraining.Run("LightGCN, BPR", 32, collective, report: () => reports++, logger: log);
            return (reports, string.Join("\n", log.Lines));
        });
        said[0].Reports.Should().BePositive();
        said[0].Log.Should().Contain("Process 0 of 2: Process 0 of 2 trains columns 0 to 15 of 32").And.Contain("Epoch 1:");
        said[1].Should().Be((0, "Process 1 of 2: Process 1 of 2 trains columns 16 to 31 of 32"));
    }

    [Fact]
    public void Processes_that_are_about_to_train_different_things_are_told_the_fields()
    {
        Action act = () => InProcessCollective.Run(2, collective =>
        {
            using DRepMRecModel model = ColumnTraining.Create("LightGCN, BPR", 32, collective);
            return new Trainer(model, ColumnTraining.Board, ColumnTraining.Options with { Seed = collective.Rank, MaxEpochs = 3 }).Fit();
        });
        act.Should().Throw<CollectiveException>()
            .WithMessage("Process 1 of 2 is about to train something else than process 0: Trainer.Seed is 1, on process 0 it is 0.")
            .Which.Failure.Should().Be(CollectiveFailure.Mismatch);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_ends_all()
    {
        (string? Result, Exception? Error)[] ends = InProcessCollective.Run(
            InProcessCollective.Create(2), collective => ColumnTraining.Run("LightGCN, BPR", 32, collective, "/no/such/folder/file"));
        ends[0].Error.Should().BeOfType<DirectoryNotFoundException>();
        ends[1].Error.Should().BeOfType<CollectiveException>().Which.Message.Should()
            .StartWith("Process 0 of 2 failed to open the checkpoint: DirectoryNotFoundException: The checkpoint ");
    }

    [Fact]
    public void More_processes_than_blocks_of_columns_are_refused()
    {
        Action act = () => _ = new ColumnPartition(InProcessCollective.Create(3)[0], 32);
        act.Should().Throw<ArgumentException>().WithMessage(
            "Expected at most 2 processes for 32 columns, as each holds a block of 16 columns or more; got 3. Start fewer, or choose a "
            + "larger EmbeddingDim.*");
    }

    [Fact]
    public void Hosts_that_are_not_linear_in_their_embeddings_are_refused_by_name()
    {
        using var features = new ModalFeatures(ColumnTraining.Board.Features);
        using InProcessCollective one = InProcessCollective.Create(1)[0];
        using var host = new MgcnEncoder(Users, features, new MgcnOptions { EmbeddingDim = 16, Neighbors = 3 });
        Action act = () => DRepMRecModel.Create(ColumnTraining.Board, host, null, one);
        act.Should().Throw<ArgumentException>().WithMessage("MgcnEncoder has no columns to share between processes*");
        Action other = () => _ = new LightGcnEncoder(Users, Items, new LightGcnOptions { EmbeddingDim = 16 }, new ColumnPartition(one, 32));
        other.Should().Throw<ArgumentException>().WithMessage("Expected a partition of the 16 columns of EmbeddingDim, got one of 32.*");
    }

    private static string[] On(int processes, Func<ICollective?, string> run)
        => processes == 0 ? [run(null)] : InProcessCollective.Run(processes, run);
}
