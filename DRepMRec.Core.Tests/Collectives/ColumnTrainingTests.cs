using DRepMRec.Collectives;
using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Features;
using DRepMRec.Hosts;
using DRepMRec.Losses;
using DRepMRec.Serving;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Serving;
using DRepMRec.Tests.Support;
using DRepMRec.Tests.Training;
using DRepMRec.Training;
using TorchSharp;
using TorchSharp.Modules;
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
        { "LightGCN, BPR of cosines", 64, 4 }, { "LightGCN, BPR", 40, 3 }, { "BPR-MF", 64, 4 }, { "FREEDOM", 32, 1 }, { "FREEDOM", 64, 4 },
        { "VBPR, BPR", 64, 1 }, { "VBPR, BPR", 64, 2 }, { "VBPR, BPR", 64, 4 }, { "VBPR, BPR", 48, 2 },
        { "VBPR, softmax", 64, 1 }, { "VBPR, softmax", 64, 2 }, { "VBPR, softmax", 64, 4 },
        { "a host of one's own", 64, 1 }, { "a host of one's own", 40, 3 },
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
    [InlineData("LightGCN, BPR", 1)]
    [InlineData("LightGCN, BPR", 2)]
    [InlineData("LightGCN, BPR", 4)]
    [InlineData("VBPR, BPR", 4)]
    public void Each_process_holds_its_share_of_the_embeddings_their_moments_and_gradients(string training, int processes)
    {
        // Of VBPR also the projections and their biases.
        long numbers = training == "VBPR, BPR"
            ? (((2 * Users) + Items) * 64) + ColumnTraining.Board.Features.Sum(f => (f.Dimension + 1) * 64)
            : (Users + Items) * 64;
        long[] held = InProcessCollective.Run(processes, collective =>
        {
            using DRepMRecModel model = ColumnTraining.Create(training, 64, collective);
            using var state = new TrainingState(model, ColumnTraining.Options);
            TrainingBatch batch = new BatchSampler(ColumnTraining.Board.Train, model.Loss, ColumnTraining.Options.Negatives, 64, seed: 1)
                .Epoch(1, model.Prepare).First();
            using DisposeScope scope = NewDisposeScope();
            state.Optimizer.ZeroGradients();
            model.ComputeLoss(batch, l2: 0.1).Total.backward();
            Tensor[] tensors = [.. model.parameters(), .. model.parameters().Select(p => p.grad!), .. state.Optimizer.Moments];
            return tensors.Sum(tensor => tensor.numel() * sizeof(float));
        });
        held.Should().Equal(Enumerable.Repeat(numbers * 4 * sizeof(float) / processes, processes));
    }

    [Theory]
    [InlineData("LightGCN, BPR")]
    [InlineData("LightGCN, softmax")]
    [InlineData("VBPR, BPR")]
    [InlineData("DRepMRec")]
    public void The_bytes_of_a_step_are_those_of_the_formula(string training)
    {
        bool hasHalves = training.StartsWith("VBPR", StringComparison.Ordinal);
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
                .Sum(batch => ((batch.Compact.Rows.Users.Length + batch.Compact.Rows.Items.Length) * (hasHalves ? 2 : 1)
                        * (Dimension - Own) * sizeof(float))
                    + ((hasHalves ? 3L : 2L) * (Blocks - (Blocks / Processes)) * sizeof(double)) + (Processes - 1));
        }

        // What the others get before the first step, of process 0, says how large batches are.
        received[0].Should().Be(Formula(options.BatchSize!.Value) - Formula(data.Train.Count));
    }

    [Theory]
    [InlineData("LightGCN, BPR", 4, 1)]
    [InlineData("LightGCN, BPR", 1, 4)]
    [InlineData("LightGCN, BPR", 2, 4)]
    [InlineData("LightGCN, BPR", 4, 0)]
    [InlineData("LightGCN, BPR", 0, 2)]
    [InlineData("VBPR, BPR", 4, 0)]
    [InlineData("VBPR, BPR", 0, 2)]
    [InlineData("a host of one's own", 2, 4)]
    public void A_checkpoint_is_of_any_number_of_processes(string training, int before, int after)
    {
        using var folder = new TempFolder();
        string file = folder["run.checkpoint"];
        string expected = ColumnTraining.Run(training, 64, null);
        Action stopped = () => On(before, collective => ColumnTraining.Run(training, 64, collective, file, stopAfter: 7));
        stopped.Should().Throw<OperationCanceledException>();
        On(after, collective => ColumnTraining.Run(training, 64, collective, file)).Should().OnlyContain(c => c == expected);
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Should()
            .BeEquivalentTo(["run.checkpoint", "run.checkpoint.previous"], "it is written once");
    }

    [Theory]
    [InlineData("LightGCN, BPR", 0, 2)]
    [InlineData("LightGCN, BPR", 4, 0)]
    [InlineData("VBPR, BPR", 2, 4)]
    public void An_earlier_model_is_of_any_number_of_processes_its_moments_and_new_rows_too(string training, int before, int after)
    {
        bool grows = training == "LightGCN, BPR";
        RecDataset old = grows ? WarmStartTests.Before : ColumnTraining.Board, data = grows ? WarmStartTests.All : old;
        (string Checksum, EarlierModel Model) Train(ICollective? collective, RecDataset data, EarlierModel? from)
        {
            using DRepMRecModel model = ColumnTraining.Create(training, 64, collective, data);
            var trainer = new Trainer(model, data, ColumnTraining.Options with { MaxEpochs = 2, KeepMoments = true });
            if (from is not null)
                trainer.StartFrom(from, new WarmStartOptions { Moments = true });
            TrainingReport report = trainer.Fit();
            return (Fingerprint.Of(model, report), report.ToEarlierModel());
        }

        EarlierModel earlier = Train(null, old, null).Model;
        string expected = Train(null, data, earlier).Checksum;
        EarlierModel[] kept = On(before, collective => Train(collective, old, null).Model);
        kept.Should().OnlyContain(model => model.Checksum == earlier.Checksum);
        On(after, collective => Train(collective, data, kept[^1]).Checksum).Should().OnlyContain(checksum => checksum == expected);
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
    public void Moments_that_one_process_alone_would_keep_are_refused_before_the_first_step()
    {
        Action act = () => InProcessCollective.Run(2, collective =>
        {
            using DRepMRecModel model = ColumnTraining.Create("LightGCN, BPR", 32, collective);
            return new Trainer(model, ColumnTraining.Board, ColumnTraining.Options with { KeepMoments = collective.Rank == 0 }).Fit();
        });
        act.Should().Throw<CollectiveException>().WithMessage("*Trainer.KeepMoments is False, on process 0 it is True.")
            .Which.Failure.Should().Be(CollectiveFailure.Mismatch);
    }

    [Fact]
    public void Features_of_an_item_to_item_part_that_would_differ_are_refused_before_the_first_step()
    {
        RecDataset data = ColumnTraining.Board;
        Action act = () => InProcessCollective.Run(2, collective =>
        {
            var options = new DRepMRecOptions
            {
                EmbeddingDim = 32,
                UseModalLine = false,
                ItemToItem = new() { Enabled = true },
                FeatureScaling = collective.Rank == 0 ? FeatureScaling.Standardize : FeatureScaling.None,
            };
            using DRepMRecModel model = DRepMRecModel.Create(data, options, collective);
            return new Trainer(model, data, ColumnTraining.Options).Fit();
        });
        act.Should().Throw<CollectiveException>().WithMessage("*Model.ItemToItem.Features is FeatureScaling None*");
    }

    [Fact]
    public void Weights_that_each_process_has_whole_must_begin_alike()
    {
        Action act = () => InProcessCollective.Run(2, collective =>
        {
            using DRepMRecModel model = ColumnTraining.Create("DRepMRec", 32, collective);
            if (collective.Rank == 1)
            {
                using IDisposable noGradient = no_grad();
                model.named_parameters().First(p => p.name.StartsWith("modal", StringComparison.Ordinal)).parameter.zero_();
            }

            return new Trainer(model, ColumnTraining.Board, ColumnTraining.Options).Fit();
        });
        act.Should().Throw<CollectiveException>()
            .WithMessage("Process 1 of 2 is about to train something else than process 0: Model.Weights is *")
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
        act.Should().Throw<ArgumentException>().WithMessage("MgcnEncoder can't be trained by columns of its embeddings, as its*");
        Action other = () => _ = new LightGcnEncoder(Users, Items, new LightGcnOptions { EmbeddingDim = 16 }, new ColumnPartition(one, 32));
        other.Should().Throw<ArgumentException>().WithMessage("Expected a partition of the 16 columns of EmbeddingDim, got one of 32.*");
        other = () => _ = new VbprEncoder(Users, features, new VbprOptions { EmbeddingDim = 24 }, new ColumnPartition(one, 24));
        other.Should().Throw<ArgumentException>().WithMessage("Expected an EmbeddingDim that is a multiple of 16,*, got 24.*");
    }

    [Fact]
    public void Hosts_without_columns_or_of_others_or_that_hold_none_are_told_so()
    {
        using InProcessCollective one = InProcessCollective.Create(1)[0], another = InProcessCollective.Create(1)[0];
        ArgumentException Refused(IBehaviorEncoder host)
        {
            Action act = () => DRepMRecModel.Create(ColumnTraining.Board, host, new DRepMRecOptions { UseModalLine = false }, one);
            return act.Should().Throw<ArgumentException>().Which;
        }

        Refused(new LightGcnEncoder(Users, Items, new LightGcnOptions { EmbeddingDim = 16 })).Message.Should()
            .StartWith("LightGcnEncoder was made with all columns of its embeddings: give it a ColumnPartition of this collective.");
        Refused(new LightGcnEncoder(Users, Items, new LightGcnOptions { EmbeddingDim = 16 }, new ColumnPartition(another, 16))).Message
            .Should().StartWith("The columns of LightGcnEncoder are those of another collective.");
        Refused(new OwnHost(Users, Items, 16, null)).Message.Should()
            .StartWith("OwnHost doesn't say which columns of its embeddings this process has (IBehaviorEncoder.Columns).");
        Refused(new OwnHost(Users, Items, 16, new ColumnPartition(one, 16), holds: false)).Message.Should().StartWith(
            "OwnHost shares columns, but says of none of its parameters that it has some of them: ColumnPartition.Hold.");
        Refused(new OwnHost(Users, Items, 24, new ColumnPartition(one, 16))).Message.Should().StartWith(
            "OwnHost has representations of 24 columns: expected a partition of as many, or of parts of equal width, got one of 16.");
    }

    [Fact]
    public void What_is_held_must_have_the_columns_of_the_process()
    {
        ColumnPartition columns = new(InProcessCollective.Create(2)[1], 48); // Blocks 1 and 2.
        Parameter Zeros(params long[] shape) => new(torch.zeros(shape));
        columns.Hold(Zeros(5, 32)).shape.Should().Equal(5, 32);
        columns.Hold(Zeros(5, 64)).shape.Should().Equal(5, 64);
        columns.Hold(Zeros(32, 7), asRows: true).shape.Should().Equal(32, 7);
        Parameter held = columns.Hold(Zeros(32), asRows: true);
        FluentActions.Invoking(() => columns.Hold(held)).Should().Throw<ArgumentException>().WithMessage("*isn't held yet.*");
        FluentActions.Invoking(() => columns.Hold(Zeros(5, 48))).Should().Throw<ArgumentException>()
            .WithMessage("Expected a parameter with the 32 columns of process 1, got [5, 48].*");
        FluentActions.Invoking(() => columns.Hold(Zeros(64, 5), asRows: true)).Should().Throw<ArgumentException>()
            .WithMessage("Expected a parameter with the 32 rows of process 1, got [64, 5].*");
        FluentActions.Invoking(() => columns.Hold(new Parameter(torch.zeros(5, 32, torch.float64)))).Should().Throw<ArgumentException>()
            .WithMessage("Expected a parameter of Float32, which is what processes exchange, got Float64.*");
    }

    [Fact]
    public void Columns_of_processes_that_are_not_there_are_refused()
    {
        ColumnPartition columns = new(InProcessCollective.Create(2)[1], 48);
        (columns.FirstOf(0), columns.CountOf(0), columns.FirstOf(1), columns.CountOf(1)).Should().Be((0, 16, 16, 32));
        foreach (int rank in new[] { -1, 2 })
        {
            FluentActions.Invoking(() => columns.FirstOf(rank)).Should().Throw<ArgumentOutOfRangeException>()
                .WithMessage("Expected a rank from 0 to 1.*").WithParameterName("rank");
            FluentActions.Invoking(() => columns.CountOf(rank)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("rank");
        }
    }

    private static T[] On<T>(int processes, Func<ICollective?, T> run)
        => processes == 0 ? [run(null)] : InProcessCollective.Run(processes, run);
}
