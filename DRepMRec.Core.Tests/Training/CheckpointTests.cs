using DRepMRec.Data;
using DRepMRec.Encoders;
using DRepMRec.Evaluation;
using DRepMRec.Graphs;
using DRepMRec.Hosts;
using DRepMRec.Internals;
using DRepMRec.Tests.Data;
using DRepMRec.Tests.Internals;
using DRepMRec.Tests.Support;
using DRepMRec.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DRepMRec.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private static readonly RankingMetric Recall = RankingMetric.Recall(5);
    private static readonly RecDataset Board = Samples.Checkerboard(40, 30);

    private static readonly TrainerOptions Options = new()
    {
        MaxEpochs = 8,
        BatchSize = 64,
        Threads = 2,
        Patience = 5,
        Adam = new AdamOptions { LearningRate = 0.01 },
        StoppingMetric = Recall,
        Evaluation = new EvaluationOptions { Metrics = [Recall, RankingMetric.Ndcg(5)] },
    };

    private static readonly DRepMRecOptions Small = new() { EmbeddingDim = 8, Loss = new RankingLoss.SampledSoftmax { Negatives = 16 }, Modal = new ModalEncoderOptions { Neighbors = 3 } };

    private static readonly ModalFeatures Features = new(Board.Features);

    private readonly TempFolder _folder = new();

    private string File => _folder["run.checkpoint"];

    public static TheoryData<string> Hosts => ["DRepMRec", "LightGCN", "BPR-MF", "VBPR", "FREEDOM", "MGCN", "a host that drops out at random"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Stopped_after_any_batch_and_resumed_it_is_bit_for_bit_the_training_that_was_never_stopped(string host)
    {
        string expected = Train(host, Options, []);
        int batches = 0;
        for (int stops = 1; batches >= 0; stops++)
        {
            // Each process of the chain stops a few batches later than the one before it.
            int stop = batches += 1 + (stops % 7);
            try
            {
                Train(host, With(File), [stop]).Should().Be(expected);
                batches = -1;
            }
            catch (OperationCanceledException)
            {
            }

            stops.Should().BeLessThan(100);
        }

        Train(host, With(File), []).Should().Be(expected, "the end is in the file too");
    }

    [Fact]
    public void A_checkpoint_is_written_after_every_so_many_epochs_and_at_the_end()
    {
        List<int> epochs = [];
        using DRepMRecModel model = Create("DRepMRec");
        var progress = new Immediate(p =>
        {
            if (p.Batch == p.Batches && System.IO.File.Exists(File))
                epochs.Add(p.Epoch);
            System.IO.File.Delete(File);
        });
        new Trainer(model, Board, With(File, every: 3) with { Patience = 100 }).Fit(progress);
        epochs.Should().Equal(3, 6, 8);
    }

    [Fact]
    public void Cancelled_within_the_evaluation_it_goes_on_there()
    {
        string expected = Train("DRepMRec", Options, []);
        using (DRepMRecModel model = Create("DRepMRec"))
        {
            using var source = new CancellationTokenSource();
            int last = 0;
            var progress = new Immediate(p =>
            {
                if (p.Epoch == 3 && p.Batch == p.Batches - 1)
                    last = p.Batch;
            });

            // The last batch of an epoch isn't reported before the evaluation, so the token is cancelled within it.
            model.register_forward_pre_hook((_, batch) =>
            {
                if (last > 0)
                    source.Cancel();
                return batch;
            });
            FluentActions.Invoking(() => new Trainer(model, Board, With(File)).Fit(progress, source.Token)).Should().Throw<OperationCanceledException>();
        }

        Train("DRepMRec", With(File), []).Should().Be(expected);
    }

    [Fact]
    public void A_training_can_be_made_longer_and_is_then_as_if_it_had_been_planned_so()
    {
        TrainerOptions patient = Options with { Patience = 100 };
        string expected = Train("DRepMRec", patient with { MaxEpochs = 12 }, []);
        Train("DRepMRec", patient with { Checkpoint = new() { Path = File } }, []);
        Train("DRepMRec", patient with { MaxEpochs = 12, Checkpoint = new() { Path = File } }, []).Should().Be(expected);
        Fitting("DRepMRec", patient with { Checkpoint = new() { Path = File } }).Should().Throw<CheckpointMismatchException>()
            .WithMessage("*Trainer.MaxEpochs is 8, in the checkpoint it is 12 or more*");
    }

    [Fact]
    public void The_number_of_threads_may_change_between_two_processes()
    {
        string expected = Train("DRepMRec", Options with { Threads = 1 }, []);
        FluentActions.Invoking(() => Train("DRepMRec", With(File) with { Threads = 1 }, [9])).Should().Throw<OperationCanceledException>();
        Train("DRepMRec", With(File) with { Threads = 3 }, []).Should().Be(expected);
    }

    [Fact]
    public void Without_resuming_it_begins_anew()
    {
        Train("DRepMRec", With(File), []);
        TrainerOptions other = With(File) with { Seed = 5, Checkpoint = new() { Path = File, Resume = false } };
        Train("DRepMRec", other, []).Should().Be(Train("DRepMRec", Options with { Seed = 5 }, []));
        Fitting("DRepMRec", With(File)).Should().Throw<CheckpointMismatchException>().WithMessage("*Trainer.Seed is 2024, in the checkpoint it is 5*");
    }

    [Fact]
    public void Every_difference_is_named_with_both_values()
    {
        FluentActions.Invoking(() => Train("DRepMRec", With(File), [3])).Should().Throw<OperationCanceledException>();
        void Differs(string message, TrainerOptions options, DRepMRecOptions model, RecDataset? data = null)
        {
            byte[] before = System.IO.File.ReadAllBytes(File);
            using DRepMRecModel created = DRepMRecModel.Create(data ?? Board, model);
            FluentActions.Invoking(() => new Trainer(created, data ?? Board, options).Fit()).Should().ThrowExactly<CheckpointMismatchException>()
                .WithMessage($"{File}: the checkpoint is of another training: {message}*Go on with what it was made with, name another file, or set CheckpointOptions.Resume to false to begin anew.");
            System.IO.File.ReadAllBytes(File).Should().Equal(before, "a checkpoint that doesn't fit isn't touched");
        }

        Differs("Trainer.Adam.LearningRate is 0.02, in the checkpoint it is 0.01.", With(File) with { Adam = new AdamOptions { LearningRate = 0.02 } }, Small);
        Differs("Trainer.Evaluation.Metrics is [Recall@5], in the checkpoint it is [Recall@5, NDCG@5].", With(File) with { Evaluation = new EvaluationOptions { Metrics = [Recall] } }, Small);
        Differs("Trainer.Schedule is Step, in the checkpoint it is Constant; Trainer.Schedule.Decay is 0.96, in the checkpoint it is not there;", With(File) with { Schedule = new LearningRateSchedule.Step() }, Small);
        Differs("Model.Loss.Temperature is 0.5, in the checkpoint it is 0.25.", With(File), Small with { Loss = new RankingLoss.SampledSoftmax { Negatives = 16, Temperature = 0.5 } });
        Differs("Model.EmbeddingDim is 12, in the checkpoint it is 8; *Weights.behavior.embedding is F32 ?70, 12?, in the checkpoint it is F32 ?70, 8?;", With(File), Small with { EmbeddingDim = 12 });
        Differs("Dataset.Users is 20 (SHA-256 *), in the checkpoint it is 40 (SHA-256 *); Dataset.Split is", With(File), Small, Samples.Checkerboard(20, 30));
        Differs("Dataset.image is not there, in the checkpoint it is 6 columns (SHA-256 *); Dataset.text is not there", With(File), Small, Samples.Checkerboard(40, 30, features: false));
        using DRepMRecModel freedom = Create("FREEDOM");
        FluentActions.Invoking(() => new Trainer(freedom, Board, With(File)).Fit()).Should().Throw<CheckpointMismatchException>()
            .Which.Differences.Should().Contain(new CheckpointDifference("Model.BehaviorEncoder", "DRepMRec.Encoders.LightGcnEncoder", "DRepMRec.Hosts.FreedomEncoder"));
    }

    [Fact]
    public void The_one_before_takes_the_place_of_a_damaged_checkpoint_which_is_kept()
    {
        string expected = Train("DRepMRec", Options, []);
        FluentActions.Invoking(() => Train("DRepMRec", With(File), [20])).Should().Throw<OperationCanceledException>();
        _folder.Files().Should().Equal("run.checkpoint", "run.checkpoint.previous");
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        bytes[^100] ^= 4;
        System.IO.File.WriteAllBytes(File, bytes);
        var log = new WarningLog();
        Train("DRepMRec", With(File), [], log).Should().Be(expected);
        log.Warnings.Should().ContainSingle().Which.Should().Match($"{File}: the file is damaged: its content doesn't have the checksum that it was written with. Going on from the checkpoint before it; the damaged one is kept as {File}.damaged");
        System.IO.File.ReadAllBytes(File + ".damaged").Should().Equal(bytes);

        System.IO.File.Delete(File);
        Train("DRepMRec", With(File), []).Should().Be(expected, "the end of the process between the two renames leaves the one before alone");
    }

    [Fact]
    public void Two_damaged_checkpoints_are_an_error_and_stay_as_they_are()
    {
        _folder.With("run.checkpoint", "nothing").With("run.checkpoint.previous", "nothing either");
        Fitting("DRepMRec", With(File)).Should().ThrowExactly<CheckpointFormatException>().WithMessage($"{File}: expected a safetensors file of at least 8 bytes, got 7.");
        _folder.Files().Should().Equal("run.checkpoint", "run.checkpoint.previous");
        Train("DRepMRec", With(File) with { Checkpoint = new() { Path = File, Resume = false } }, []).Should().NotBeNull();
    }

    [Fact]
    public void A_newer_version_is_refused_even_beside_an_older_one()
    {
        Train("DRepMRec", With(File), []);
        string text = System.Text.Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(File));
        text.Should().Contain("formatVersion\\u0022:1,");
        System.IO.File.WriteAllBytes(File, System.Text.Encoding.Latin1.GetBytes(text.Replace("formatVersion\\u0022:1,", "formatVersion\\u0022:2,", StringComparison.Ordinal)));
        Fitting("DRepMRec", With(File)).Should().ThrowExactly<CheckpointFormatException>().WithMessage($"{File}: written by a newer version of the library: format 2, this one reads up to 1.");
    }

    [Fact]
    public void A_file_that_is_something_else_is_an_error()
    {
        using DRepMRecModel model = Create("DRepMRec");
        new Trainer(model, Board, Options).Fit().BuildRecommender().Save(File);
        Fitting("DRepMRec", With(File)).Should().ThrowExactly<CheckpointFormatException>().WithMessage($"{File}: expected a checkpoint of DRepMRec, but the file's metadata has no 'drepmrec_checkpoint'.");
    }

    [Fact]
    public void A_manifest_that_was_tampered_with_is_refused_or_does_no_harm()
    {
        FluentActions.Invoking(() => Train("LightGCN", With(File), [30])).Should().Throw<OperationCanceledException>();
        var random = new SeededRandom(11);
        (CheckpointManifest manifest, IReadOnlyDictionary<string, SafeTensor> tensors) = Stored();
        byte[] text = System.Text.Encoding.UTF8.GetBytes(manifest.ToJson());
        int refused = 0;
        for (int n = 0; n < 300; n++)
        {
            try
            {
                // Written anew, so that the checksum is right.
                var changed = CheckpointManifest.Parse(System.Text.Encoding.UTF8.GetString(n % 2 == 0 ? Mutation.Of(text, random) : Mutation.Wild(text, random)), File);
                using (var file = new CheckpointFile(File, NullLogger.Instance))
                    file.Write(changed, [.. tensors.Values]);
                Train("LightGCN", With(File), []);
            }
            catch (Exception exception) when (exception is CheckpointFormatException or CheckpointMismatchException or TrainingDivergedException)
            {
                refused++;
            }
        }

        refused.Should().BeInRange(150, 299);
    }

    [Fact]
    public void Arrays_that_are_missing_of_another_shape_or_too_many_are_refused_before_anything_changes()
    {
        FluentActions.Invoking(() => Train("LightGCN", With(File), [20])).Should().Throw<OperationCanceledException>();
        (CheckpointManifest manifest, IReadOnlyDictionary<string, SafeTensor> tensors) = Stored();
        void Refused(IEnumerable<SafeTensor> arrays, string message)
        {
            using (var file = new CheckpointFile(File, NullLogger.Instance))
                file.Write(manifest, [.. arrays]);
            using DRepMRecModel model = Create("LightGCN");
            float[] before = [.. model.parameters().SelectMany(p => p.data<float>().ToArray())];
            FluentActions.Invoking(() => new Trainer(model, Board, With(File)).Fit()).Should().ThrowExactly<CheckpointFormatException>().WithMessage($"{File}: {message}");
            model.parameters().SelectMany(p => p.data<float>().ToArray()).Should().Equal(before);
        }

        Refused(tensors.Values.Where(t => t.Name != "adam/1"), "the array 'adam/1' is missing");
        Refused(tensors.Values.Where(t => t.Name != "validation_users"), "the array 'validation_users' of I32 is missing");
        Refused(tensors.Values.Select(t => t.Name == "weight/behavior.embedding" ? t with { Shape = [8, 70] } : t), "expected the array 'weight/behavior.embedding' as F32 ?70, 8?, it is F32 ?8, 70?");
        Refused(tensors.Values.Append(SafeTensor.Of<float>("../../../etc/passwd", [1])), $"expected {tensors.Count} arrays, found {tensors.Count + 1}");
        Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Should().BeEquivalentTo("run.checkpoint", "run.checkpoint.previous");
    }

    private (CheckpointManifest Manifest, IReadOnlyDictionary<string, SafeTensor> Tensors) Stored()
    {
        using var file = new CheckpointFile(File, NullLogger.Instance);
        var (manifest, tensors, _) = file.Read()!.Value;
        return (manifest, tensors);
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_swept_away_and_nothing_else()
    {
        _folder.With($"run.checkpoint.{Guid.NewGuid():N}.tmp", "half").With("run.checkpoint.mine.tmp", "mine").With("other", "other");
        Train("DRepMRec", With(File), []);
        _folder.Files().Should().Equal("other", "run.checkpoint", "run.checkpoint.mine.tmp", "run.checkpoint.previous");
    }

    [Fact]
    public void Each_weight_is_in_the_file_once()
    {
        Train("DRepMRec", With(File), []);
        Stored().Tensors.Keys.Where(k => k.StartsWith("weight/", StringComparison.Ordinal)).Should().Equal(
            "weight/behavior.embedding", "weight/modal.gates.0.projection_weight", "weight/modal.gates.0.projection_bias", "weight/modal.gates.0.gate_weight", "weight/modal.gates.0.gate_bias",
            "weight/modal.gates.1.projection_weight", "weight/modal.gates.1.projection_bias", "weight/modal.gates.1.gate_weight", "weight/modal.gates.1.gate_bias");
    }

    [Fact]
    public void One_file_serves_one_training_at_a_time()
    {
        using DRepMRecModel model = Create("DRepMRec"), second = Create("DRepMRec");
        int tries = 0;
        var progress = new Immediate(_ =>
        {
            if (tries++ == 0)
                FluentActions.Invoking(() => new Trainer(second, Board, With(File)).Fit()).Should().Throw<IOException>().WithMessage($"The checkpoint '{File}' is in use by another training: *");
        });
        new Trainer(model, Board, With(File)).Fit(progress);
        tries.Should().BePositive();
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_an_error_before_any_work_is_done()
    {
        int batches = 0;
        using DRepMRecModel model = Create("DRepMRec");
        FluentActions.Invoking(() => new Trainer(model, Board, With(Path.Combine(_folder["no"], "x"))).Fit(new Immediate(_ => batches++))).Should().Throw<DirectoryNotFoundException>();
        batches.Should().Be(0);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_is_an_error_that_leaves_the_best_weights()
    {
        using DRepMRecModel model = Create("DRepMRec");
        var progress = new Immediate(p =>
        {
            if (p is { Epoch: 3, Validation: not null })
            {
                System.IO.File.Delete(File);
                Directory.CreateDirectory(File);
                _folder.With(Path.Combine("run.checkpoint", "full"), "");
            }
        });
        FluentActions.Invoking(() => new Trainer(model, Board, With(File)).Fit(progress)).Should().Throw<IOException>()
            .WithMessage("The checkpoint after 4 epochs and 0 batches can't be written, the one before it is as it was: *");
        model.training.Should().BeFalse();
        _folder.Files().Should().Equal("run.checkpoint.previous");
    }

    [Fact]
    public void A_checkpoint_leaves_no_tensors()
    {
        Create("MGCN").Dispose();
        long before = LiveTensors.Count;
        Train("MGCN", With(File), []);
        LiveTensors.Count.Should().Be(before);
        Train("MGCN", With(File), []);
        LiveTensors.Count.Should().Be(before);
    }

    [Fact]
    public void The_best_epoch_alone_keeps_values_per_user()
    {
        using DRepMRecModel model = Create("DRepMRec");
        TrainingReport report = new Trainer(model, Board, Options).Fit();
        report.Validation!.PerUser(Recall).Average().Should().BeApproximately(report.Validation[Recall], 1e-12);
        foreach (EpochReport epoch in report.History.Where(e => e.Epoch != report.BestEpoch))
            FluentActions.Invoking(() => epoch.Validation!.PerUser(Recall)).Should().Throw<InvalidOperationException>().WithMessage("The values per user weren't kept*");
    }

    [Fact]
    public void Options_are_checked()
    {
        FluentActions.Invoking(() => new CheckpointOptions { Path = "" }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new CheckpointOptions { Path = "x", EveryEpochs = 0 }).Should().Throw<ArgumentOutOfRangeException>().WithMessage("EveryEpochs must be above 0.*");
    }

    private static TrainerOptions With(string path, int every = 1) => Options with { Checkpoint = new CheckpointOptions { Path = path, EveryEpochs = every } };

    private static Action Fitting(string host, TrainerOptions options) => () =>
    {
        using DRepMRecModel model = Create(host);
        new Trainer(model, Board, options).Fit();
    };

    /// <summary>Trains and gives a checksum of all weights and figures; cancels after a number of batches if there is one.</summary>
    private static string Train(string host, TrainerOptions options, int[] stop, ILogger? logger = null)
    {
        using DRepMRecModel model = Create(host);
        using var source = new CancellationTokenSource();
        var progress = new Immediate(p =>
        {
            if (stop is [var batch] && ((p.Epoch - 1) * p.Batches) + p.Batch >= batch)
                source.Cancel();
        });
        return Fingerprint.Of(model, new Trainer(model, Board, options, logger).Fit(progress, source.Token));
    }

    private static DRepMRecModel Create(string host)
    {
        if (host == "DRepMRec")
            return DRepMRecModel.Create(Board, Small);
        if (host == "LightGCN")
            return DRepMRecModel.Create(Board, Small with { UseModalLine = false, Loss = new RankingLoss.Bpr() });
        IBehaviorEncoder encoder = host switch
        {
            "BPR-MF" => new MatrixFactorizationEncoder(40, 30, new() { EmbeddingDim = 8 }),
            "VBPR" => new VbprEncoder(40, Features, new() { EmbeddingDim = 4 }),
            "FREEDOM" => new FreedomEncoder(40, Features, new() { EmbeddingDim = 8, Neighbors = 3, EdgeDropout = 0.3 }),
            "MGCN" => new MgcnEncoder(40, Features, new() { EmbeddingDim = 8, Neighbors = 3 }),
            _ => new DropoutHost(),
        };
        return encoder.WithBehaviorModalAlignment(Board, Small);
    }

    /// <summary>Draws from libtorch's own generator, as modules of a user's may, and uses one of its weights at times only.</summary>
    private sealed class DropoutHost : nn.Module<InteractionGraph, UserItemEmbeddings>, IBehaviorEncoder
    {
        private readonly Parameter _users;
        private readonly Parameter _items;
        private readonly Parameter _seldom;

        public DropoutHost()
            : base(nameof(DropoutHost))
        {
            random.manual_seed(7);
            _users = new Parameter(rand(40, 8));
            _items = new Parameter(rand(30, 8));
            _seldom = new Parameter(rand(30, 8));
            RegisterComponents();
        }

        public int EmbeddingDim => 8;

        public override UserItemEmbeddings forward(InteractionGraph graph)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor users = nn.functional.dropout(_users, 0.3, training);
            bool add = training && rand(1).item<float>() < 0.05f;
            return new UserItemEmbeddings(users.alias(), add ? _items.Plus(_seldom) : _items.alias()).MoveToOuterDisposeScope();
        }
    }

    private sealed class Immediate(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }

    private sealed class WarningLog : ILogger
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning)
                Warnings.Add(formatter(state, exception));
        }
    }
}
